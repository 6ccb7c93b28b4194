/** What may be said of values: none of columns that say something about a person. */
import { type Column, type Program, qualifiedName, type TablePlan } from "../plan/program.ts";

/** Values of a key for a message, but none that say something about a person. */
export function exampleText(
  columns: readonly string[],
  values: Readonly<Record<string, unknown>>,
  hidden: ReadonlySet<string>,
): string {
  const shown = columns.filter((name) => !hidden.has(name) && name in values);
  if (shown.length === 0) return "";
  return ` (${shown.map((name) => `${name} ${values[name] ?? "null"}`).join(", ")})`;
}

/** The columns that say something about a person. */
export function privateColumns(relation: string, program: Program): ReadonlySet<string> {
  const tagged = columnsOf(relation, program).filter(({ tags }) => tags.includes("pii"));
  return new Set(tagged.map(({ name }) => name));
}

/** What an engine says, without values where the table reads some of people. */
export function hidingValues(text: string, table: TablePlan, program: Program): string {
  return table.reads.some((relation) => privateColumns(relation, program).size > 0) ? withoutValues(text) : text;
}

/** Values stand behind our own `not int: `, in quotes, in parentheses that are not a type's, and bare as numbers. */
function withoutValues(text: string): string {
  return text
    .replace(/^(not [^:]*: ).*$/s, "$1…")
    .replace(/'.*'|'.*$/s, "…")
    .replace(/".*"|".*$/s, "…")
    .replace(/(?<!\w)\([^()]*\)|(?<![\w(,.])-?\d[\w.:+-]*/g, "…");
}

/** Of a relation of the program. */
export function columnsOf(relation: string, program: Program): readonly Column[] {
  const bronze = program.bronze.find(({ name }) => `bronze.${name}` === relation);
  return (bronze ?? program.tables.find((table) => qualifiedName(table) === relation))?.columns ?? [];
}
