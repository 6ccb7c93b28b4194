/** Reads emitted views back: a small reader of T-SQL's own rules for names and texts, apart from the code that writes them. */
import fc from "fast-check";

/** Names that a program can declare, a folder can have and a Delta table allows, made of what breaks out elsewhere. */
export const hostileNames: fc.Arbitrary<string> = fc
  .array(
    fc.constantFrom(
      ...["a", "B", "é", "日", "𝒳", "\u200f", "\u202e"],
      ...[
        "]",
        "[",
        "'",
        '"',
        "''",
        "--",
        "$",
        "$x",
        "@@",
        "{{",
        "}}",
        "{{x",
        "`",
        "GO",
        "&",
        "<",
        "|",
        "!!",
        ":r",
        "~",
      ],
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map((parts) => parts.join(""));

/** What a batch runs: the text that it puts together where it has to, else itself. */
export function statementIn(batch: string): string {
  if (!batch.startsWith("EXEC (N'")) return batch;
  const pieces = [...batch.matchAll(/N?'((?:[^']|'')*)'/g)].map(([, piece = ""]) => piece.replaceAll("''", "'"));
  return `${pieces.join("")}\n`;
}

export interface ViewMeaning {
  readonly name: string;
  readonly folder: string;
  readonly selected: readonly string[];
  /** Those of them that only members of `gold_pii_reader` see. */
  readonly masked: readonly string[];
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** What a statement that creates a view says. */
export function viewMeans(statement: string): ViewMeaning {
  const name = "\\[((?:[^\\]]|\\]\\])*)\\]";
  const [, view = "", select = "", folder = "", columns = ""] =
    new RegExp(
      `CREATE OR ALTER VIEW \\[gold\\]\\.${name} AS\\n-- medalc: project [^\\n]*\\nSELECT\\n(.*?)\\nFROM OPENROWSET\\(\\n` +
        `    BULK N?'((?:[^']|'')*)',\\n    DATA_SOURCE = '\\w+_lake',\\n    FORMAT = 'DELTA'\\n\\) WITH \\(\\n(.*)\\n\\) AS \\[rows\\];\\n$`,
      "s",
    ).exec(statement) ?? [];
  const plain = (text: string): string => text.replaceAll("]]", "]");
  const matches = (text: string, pattern: string): RegExpExecArray[] => [...text.matchAll(new RegExp(pattern, "gm"))];
  const masked = `CASE WHEN IS_ROLEMEMBER\\('gold_pii_reader'\\) = 1 THEN ${name} END AS `;
  const selected = matches(select, `^    (?:${masked})?${name},?$`);
  return {
    name: plain(view),
    folder: folder.replaceAll("''", "'"),
    selected: selected.map(([, , column = ""]) => plain(column)),
    masked: selected.flatMap(([, value]) => (value === undefined ? [] : [plain(value)])),
    columns: matches(columns, `^    ${name} (.*?),?$`).map(([, column = "", type = ""]) => ({
      name: plain(column),
      type,
    })),
  };
}
