/** Keeps values of `@pii` columns out of messages. */
import { bronzeOfRecords, type Column, type Program, qualifiedName, type TablePlan } from "../plan/program.ts";

/** Values of columns for a message, without those of hidden columns. */
export function exampleText(
  columns: readonly string[],
  values: Readonly<Record<string, unknown>>,
  hidden: ReadonlySet<string>,
): string {
  const shown = columns.filter((name) => !hidden.has(name) && name in values);
  if (shown.length === 0) return "";
  return ` (${shown.map((name) => `${name} ${values[name] ?? "null"}`).join(", ")})`;
}

/** The columns tagged `@pii`. */
export function privateColumns(relation: string, program: Program): ReadonlySet<string> {
  const tagged = columnsOf(relation, program).filter(({ tags }) => tags.includes("pii"));
  return new Set(tagged.map(({ name }) => name));
}

/** An engine's error message, without values if the table reads `@pii` columns. */
export function hidingValues(text: string, table: TablePlan, program: Program): string {
  return table.reads.some((relation) => privateColumns(relation, program).size > 0) ? withoutValues(text) : text;
}

/** Values occur after medalc's own `not int: `, in quotes, in parentheses other than those of types, and as bare numbers. */
function withoutValues(text: string): string {
  return text
    .replace(/^(not [^:]*: ).*$/s, "$1…")
    .replace(/'.*'|'.*$/s, "…")
    .replace(/".*"|".*$/s, "…")
    .replace(/(?<!\w)\([^()]*\)|(?<![\w(,.])-?\d[\w.:+-]*/g, "…");
}

/** The columns of a relation of the program. */
export function columnsOf(relation: string, program: Program): readonly Column[] {
  const bronze = bronzeOfRecords(relation, program) ?? program.bronze.find(({ name }) => `bronze.${name}` === relation);
  return (bronze ?? program.tables.find((table) => qualifiedName(table) === relation))?.columns ?? [];
}
