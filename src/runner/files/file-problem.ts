/** What is wrong with a bronze file as a whole: one message for a file, with what came and, where it is known, why. */
import { closeSync, openSync, readSync } from "node:fs";
import { basename } from "node:path";
import { type Diagnostic, diagnostic } from "../../diagnostics/diagnostic.ts";
import { closest } from "../../diagnostics/suggest.ts";
import type { BronzePlan } from "../../plan/program.ts";
import { isNoText, SNIFFED_BYTES, sniff } from "./sniff.ts";

/** Of a file that cannot be what its table reads, whatever its columns. */
export function contentProblem(plan: BronzePlan, path: string): Diagnostic | undefined {
  const content = sniff(firstBytes(path));
  if (!isNoText(content)) return undefined;
  const expected = plan.object.kind === "csv" ? "CSV" : "JSON lines";
  const params = { relation: `bronze.${plan.name}`, file: basename(path), found: content.description, expected };
  return diagnostic("source-not-text", plan.span, params, content.hint === undefined ? {} : { hint: content.hint });
}

/** Of a CSV file whose header does not have every declared column once. */
export function headerProblems(plan: BronzePlan, path: string, header: readonly string[]): readonly Diagnostic[] {
  const counts = new Map<string, number>();
  for (const name of header) counts.set(name, (counts.get(name) ?? 0) + 1);
  const columns = plan.columns.filter(({ fromLoad }) => fromLoad === undefined);
  const missing = columns.filter(({ name }) => !counts.has(name));
  const twice = columns.filter(({ name }) => (counts.get(name) ?? 0) > 1);
  if (missing.length === 0 && twice.length === 0) return [];
  const content = contentProblem(plan, path);
  if (content !== undefined) return [content];
  const relation = `bronze.${plan.name}`;
  const span = (columns: typeof missing) => (columns.length === 1 ? (columns[0]?.span ?? plan.span) : plan.span);
  return [
    ...(missing.length === 0 ? [] : [missingColumns(plan, path, header, missing, span(missing))]),
    ...(twice.length === 0
      ? []
      : [diagnostic("source-column-twice", span(twice), { relation, name: namesText(twice.map(({ name }) => name)) })]),
  ];
}

/** What a file holds in place of the rows that a table expects; a sentence, or nothing where the file looks right. */
export function contentHint(plan: BronzePlan, path: string): string {
  const first = firstBytes(path);
  const { kind, description, hint = "" } = sniff(first);
  const isExpected = plan.object.kind === "csv" ? kind === "text" : kind === "json-object";
  if (isExpected) return "";
  if (kind !== "text") return `The file is ${description}. ${hint}`;
  const [line = ""] = first.toString("utf8").trimStart().split(/\r?\n/, 1);
  return line.includes(",")
    ? 'The file looks like CSV, which is read with `csv("...")`.'
    : "The file does not hold a JSON object a line.";
}

function firstBytes(path: string): Buffer {
  const bytes = Buffer.alloc(SNIFFED_BYTES);
  const file = openSync(path, "r");
  try {
    return bytes.subarray(0, readSync(file, bytes, 0, SNIFFED_BYTES, 0));
  } finally {
    closeSync(file);
  }
}

type Columns = BronzePlan["columns"];

function missingColumns(
  plan: BronzePlan,
  path: string,
  header: readonly string[],
  missing: Columns,
  span: Diagnostic["span"],
): Diagnostic {
  const names = missing.map(({ name }) => name);
  // JSON has names and values on one line.
  const isRecord = sniff(firstBytes(path)).kind.startsWith("json");
  const params = {
    relation: `bronze.${plan.name}`,
    columns: namesText(names),
    place: basename(path),
    found: isRecord || header.length === 0 ? "" : `; its first line is ${headerText(plan, header)}`,
  };
  const hint = causeOf(plan, path, header, names);
  return diagnostic("source-column-missing", span, params, hint === undefined ? {} : { hint });
}

/** As many names are listed. */
const NAMES_SHOWN = 6;

function namesText(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_SHOWN).join(", ");
  const more = names.length - NAMES_SHOWN;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

/** A first line may be a record: then values of people may be in it. */
function headerText(plan: BronzePlan, header: readonly string[]): string {
  const text = header.join(",").replaceAll("\t", "\\t");
  const isHeader = plan.columns.some(({ name }) => text.toLowerCase().includes(name.toLowerCase()));
  const isPrivate = plan.columns.some(({ tags }) => tags.includes("pii"));
  return isPrivate && !isHeader ? "not a header with any of the table's columns" : `\`${text}\``;
}

interface Delimiter {
  readonly mark: string;
  readonly text: string;
}

const DELIMITERS: readonly Delimiter[] = [
  { mark: ";", text: "semicolons" },
  { mark: "\t", text: "tabs" },
  { mark: "|", text: "vertical bars" },
  { mark: ":", text: "colons" },
];

/** Why columns are missing, and what to do: the most likely reason. Undefined where nothing explains it. */
function causeOf(
  plan: BronzePlan,
  path: string,
  header: readonly string[],
  missing: readonly string[],
): string | undefined {
  const { kind, description, hint = "" } = sniff(firstBytes(path));
  if (kind === "empty" || kind === "blank") {
    return `The file is ${description}: a CSV file has a header even where it has no rows.`;
  }
  if (kind === "json-object" || kind === "json-array") return `The file is ${description}. ${hint}`;
  const expected = new Set(plan.columns.map(({ name }) => comparable(name)));
  const matches = (fields: readonly string[]) => fields.filter((each) => expected.has(comparable(each))).length;
  const line = header.join(",");
  const other = DELIMITERS.find(({ mark }) => line.includes(mark) && matches(line.split(mark)) > matches(header));
  if (other !== undefined) {
    return `Its fields are separated by ${other.text}; CSV files are read with commas. Export it with commas, or convert it before it is loaded.`;
  }
  const similar = missing.flatMap((name) => {
    const found = header.find((each) => comparable(each) === comparable(name));
    return found === undefined ? [] : [`${JSON.stringify(found)} for ${name}`];
  });
  if (similar.length > 0) {
    return `It has ${namesText(similar)}: column names are compared exactly, with case, blanks and invisible characters.`;
  }
  if (kind === "not-utf8") return `The file is ${description}. ${hint}`;
  if (matches(header) === 0 && header.some(isValue)) {
    return "Its first line looks like a record: CSV files are read with a header.";
  }
  const near = missing.flatMap((name) => {
    const found = closest(name, header);
    return found === undefined ? [] : [`\`${found}\` for ${name}`];
  });
  return near.length === 0 ? undefined : `It has similar names: ${namesText(near)}.`;
}

/** A name without what people do not see or mean when they compare names. */
function comparable(name: string): string {
  return name.replace(/[\s_\-."'\p{Cf}\p{Cc}]/gu, "").toLowerCase();
}

function isValue(field: string): boolean {
  return field.trim() === "" || /^[-+]?\d/.test(field.trim()) || field.includes("@");
}
