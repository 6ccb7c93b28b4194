/** Names that collide with those of the compiler, its engines and their languages, and a program that uses them. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Valid column names of a table in the lake, case-insensitively unique. */
export const COLUMNS: readonly string[] = [
  // Names in the compiler's queries and notebooks.
  ..."v line texts lax values l r t row source reason record value malformed sorted passes counts rows count".split(
    " ",
  ),
  ..."position first_of_id f0 #malformed #reason #record #number #rows #0 #1 #count lake F spark dbutils".split(" "),
  // Words of SQL, DuckDB, Spark, PostgreSQL and JavaScript.
  ..."select order group rowid ctid tableoid user name text public payments row_to_json __proto__ constructor".split(
    " ",
  ),
  // Special characters.
  ..."a.b l.v o.id tick`s 'q' \"dq\" a/b a\\b 100% # ? * [x] $x $1 @x a:b a+b a&b é ñandú 名 😀 _x .x".split(" "),
];

/** Also names that only a source can have. */
export const SOURCE_COLUMNS: readonly string[] = [
  ...COLUMNS,
  "value 0",
  "lax 0",
  "a b",
  "#value id",
  "a;b",
  "{x}",
  "a=b",
  "$(x)",
];

export function quoted(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}

/** The text of a column in a row. */
export function cell(column: string, id: number): string {
  return `${column} ${id}`;
}

const declared = SOURCE_COLUMNS.map((name) => `${quoted(name)}: string`).join(", ");
const kept = COLUMNS.map(quoted).join(", ");

export const PROGRAM = `project names {
  lake = adls { account: "shop", container: "lake" }
  compute = databricks { workspace: "https://adb-1.1.azuredatabricks.net" }
}
source files = file { path: "in/" }
bronze rows from files.csv("rows.csv") { id: int, ${declared}  key id }
bronze lines from files.json("lines.jsonl") { id: int, ${declared} }
silver rows {
  from bronze.rows
  expect "good": \`#reason\` != "#reason 3" else quarantine
  select { id, ${kept} }
  key id
}
silver lines { from bronze.lines  distinct  select { id, ${kept} } }
gold joined {
  from silver.rows as l
  join many silver.lines as r on l.id == r.id and l.\`l.v\` == r.\`l.v\`
  select { l.id, ${COLUMNS.map((name) => `${quoted(name)} = r.${quoted(name)}`).join(", ")} }
}
gold latest { from silver.rows  distinct on (v, \`a.b\`) latest by \`#reason\`  derive { \`#rows\` = upper(\`#rows\`) } }
gold grouped { from silver.rows  group by \`#rows\`, count, \`__proto__\` { counts = count_distinct(\`a.b\`), rows = max(\`tick\`\`s\`) }  key (\`#rows\`, count, \`__proto__\`) }
`;

/** Writes the files of the program's source: five rows; one has a missing text and one fails the expectation. */
export function writeRows(folder: string): void {
  const field = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const ids = [1, 2, 3, 4];
  const csv = [
    ["id", ...SOURCE_COLUMNS].map(field).join(","),
    ...ids.map((id) => [String(id), ...SOURCE_COLUMNS.map((name) => field(cell(name, id)))].join(",")),
    ["x", ...SOURCE_COLUMNS.map((name) => field(cell(name, 5)))].join(","),
  ];
  const json = ids.map((id) => {
    const members = SOURCE_COLUMNS.map((name) => `${JSON.stringify(name)}:${JSON.stringify(cell(name, id))}`);
    return `{"id":${id},${members.join(",")},"ID":9,"undeclared":{}}`;
  });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "rows.csv"), `${csv.join("\n")}\n`);
  writeFileSync(join(folder, "lines.jsonl"), `${json.join("\n")}\n`);
}

type Texts = Readonly<Record<string, string | null>>;

const textsOf = (id: number): Texts =>
  Object.fromEntries([["id", String(id)], ...COLUMNS.map((name) => [name, cell(name, id)])]);

/** The expected tables. */
export const EXPECTED: Readonly<Record<string, readonly Texts[]>> = {
  "silver.rows": [1, 2, 4].map(textsOf),
  "silver.lines": [1, 2, 3, 4].map(textsOf),
  "gold.joined": [1, 2, 4].map(textsOf),
  "gold.latest": [1, 2, 4].map((id) => ({ ...textsOf(id), "#rows": cell("#ROWS", id) })),
  "gold.grouped": [1, 2, 4].map((id) =>
    Object.fromEntries([
      ["#rows", cell("#rows", id)],
      ["count", cell("count", id)],
      ["__proto__", cell("__proto__", id)],
      ["counts", "1"],
      ["rows", cell("tick`s", id)],
    ]),
  ),
};
