/** Detects responses that are not data although their status is 200: a sign-in page, an error, an empty body. */
import { open, stat } from "node:fs/promises";
import type { FetchRequest } from "./fetcher.ts";

/** Enough to recognise the format, and to hold a complete error document. */
const HEAD = 64 * 1024;
const LONGEST_QUOTE = 100;

/** What is in the file instead of data; undefined if it may be data. */
export async function contentProblem(
  path: string,
  { object, columns }: Pick<FetchRequest, "object" | "columns">,
): Promise<string | undefined> {
  const { text, isWhole } = await headOf(path);
  if (isWhole && text.trim() === "") return "the server returned an empty file";
  if (object.kind === "csv" && hasColumns(text, columns)) return undefined;
  const start = text.trimStart();
  if (/^<(!doctype\s+html|html|head|body|script|meta)\b/i.test(start)) {
    return `the server returned an HTML page instead of the file${quote(/<title[^>]*>([^<]*)</i.exec(start)?.[1])}`;
  }
  if (/^<(\?xml|!|[a-z])/i.test(start) && (object.kind === "json" || !firstLine(start).includes(","))) {
    const messages = [/<Code>([^<]*)</i, /<Message>([^<]*)</i].map((pattern) => pattern.exec(start)?.[1] ?? "");
    return `the server returned an XML document instead of the file${quote(messages.filter((each) => each !== "").join(": "))}`;
  }
  if (object.kind === "csv" && /^[[{]\s*["\]}[{]/.test(start)) {
    return `the server returned a JSON document instead of the CSV file${quote(messageIn(parsed(start)))}`;
  }
  if (object.kind !== "json" || !isWhole) return undefined;
  const error = errorIn(parsed(start), columns);
  return error === undefined ? undefined : `the server returned an error instead of the file${quote(error)}`;
}

async function headOf(path: string): Promise<{ readonly text: string; readonly isWhole: boolean }> {
  const { size } = await stat(path);
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(size, HEAD)), 0, Math.min(size, HEAD), 0);
    return { text: buffer.toString("utf8", 0, bytesRead).replace(/^\uFEFF/, ""), isWhole: size <= HEAD };
  } finally {
    await file.close();
  }
}

function firstLine(text: string): string {
  return text.split(/\r?\n/, 1)[0] ?? "";
}

/** Whether the first line names every declared column. */
function hasColumns(text: string, columns: FetchRequest["columns"]): boolean {
  const header = firstLine(text);
  return columns.every(({ name }) => header.includes(name.replaceAll('"', '""')));
}

function quote(message: string | undefined): string {
  const text = (message ?? "").replace(/\s+/g, " ").trim();
  if (text === "") return "";
  return `: "${text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE - 1)}…` : text}"`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const ERROR_NAMES = ["error", "errors", "fault", "message", "Message", "error_description", "detail", "title"];

/** The message of an object that is an error and not a record; undefined for everything else. */
function errorIn(value: unknown, columns: FetchRequest["columns"]): string | undefined {
  if (!isObject(value) || columns.some(({ name }) => name in value)) return undefined;
  return ERROR_NAMES.some((name) => name in value) ? (messageIn(value) ?? "") : undefined;
}

function messageIn(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return messageIn(value[0]);
  if (!isObject(value)) return undefined;
  for (const name of ERROR_NAMES) {
    const found = messageIn(value[name]);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
