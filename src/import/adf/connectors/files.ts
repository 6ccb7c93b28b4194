/** Checks whether a file is in a supported format: CSV according to RFC 4180, or JSON lines. */
import { isGiven } from "../copies.ts";
import type { ObjectDraft } from "../drafts.ts";
import { get, type Node, text } from "../json.ts";
import { assumed, type Notice } from "../notices.ts";
import type { Problem, Resolved } from "../references.ts";
import type { TableParts } from "./connector.ts";

/** @param path the path in the source @param activity the Copy activity */
export function fileTable(path: string, dataset: Resolved, activity: Node): TableParts | Problem {
  if (/(^|\/)$/.test(path)) return "its URL has no file name";
  const kind = kindOf(path, dataset);
  if (kind === undefined) return `it reads ${describe(dataset)}; a program reads CSV and JSON lines`;
  if (/[*?#]/.test(path)) return "it reads several files, or a file with a query string";
  if (/[{}]/.test(path)) return "its name has a brace, which stands for a placeholder in a program";
  if (path.split("/").includes("..")) return "its path leads out of the folder";
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (path.length > 1024 || new TextEncoder().encode(name).length > 200 || path.includes("\0"))
    return "its path is too long";
  const source = get(activity, "typeProperties", "source");
  const compression = get(dataset.node, "typeProperties", "compression");
  const codec = get(dataset.node, "typeProperties", "compressionCodec");
  if (isCompressed(compression) || isCompressed(codec)) return "its file is compressed";
  const encoding = text(get(dataset.node, "typeProperties", "encodingName")) ?? "UTF-8";
  if (!/^(utf-?8( without bom)?|us-ascii)$/i.test(encoding)) return `its file is encoded in ${encoding}, not in UTF-8`;
  const object: ObjectDraft = { kind, text: path };
  return kind === "csv" ? csvTable(object, dataset, source) : { object, notices: jsonNotices(dataset, source) };
}

function kindOf(path: string, { type }: Resolved): "csv" | "json" | undefined {
  if (type === "DelimitedText") return "csv";
  if (type === "Json") return "json";
  if (type !== "Binary") return undefined;
  const extension = path.slice(path.lastIndexOf(".") + 1).toLowerCase();
  if (extension === "csv") return "csv";
  return ["json", "jsonl", "ndjson"].includes(extension) ? "json" : undefined;
}

function describe({ type }: Resolved): string {
  return type === "Binary" ? "another file format" : `a file of type ${type}`;
}

function isCompressed(node: Node): boolean {
  return isGiven(node) && text(node) !== "none" && text(get(node, "type")) !== "None";
}

function csvTable(object: ObjectDraft, dataset: Resolved, source: Node): TableParts | Problem {
  // A binary copy does not specify the format of the file.
  if (dataset.type === "Binary") return { object, notices: [] };
  const inner = get(dataset.node, "typeProperties");
  const setting = (name: string) => get(inner, name).value;
  if (setting("firstRowAsHeader") !== true) return "its file has no header";
  if ((setting("columnDelimiter") ?? ",") !== ",") return "its columns are not separated by commas";
  if ((setting("quoteChar") ?? '"') !== '"') return 'its texts are not quoted with "';
  const skipped = get(source, "formatSettings", "skipLineCount").value;
  if (skipped !== undefined && skipped !== 0) return "it skips lines before the header";
  const notices: Notice[] = [];
  const escaped = get(inner, "escapeChar");
  if ((escaped.value ?? "\\") !== '"') {
    notices.push(assumed(escaped, 'a " inside of a text is escaped there; a program reads it doubled'));
  }
  const nulls = get(inner, "nullValue");
  if (typeof nulls.value === "string" && nulls.value !== "") {
    notices.push(assumed(nulls, "it uses a special text for null; a program reads empty fields as null"));
  }
  return { object, notices };
}

function jsonNotices(dataset: Resolved, source: Node): readonly Notice[] {
  if (dataset.type === "Binary") return [];
  return [
    assumed(source, "the file must contain JSON lines, one object per line; Data Factory also reads JSON arrays"),
  ];
}

/** Normalises the slashes of a path. */
export function joined(...parts: readonly (string | undefined)[]): string {
  return parts
    .flatMap((each) => (each ?? "").split("/"))
    .filter((part) => part !== "" && part !== ".")
    .join("/");
}
