/** The shared notebook: the conversions of text come from the catalogue, the rest from the template. */
import lakeTemplate from "../../../templates/databricks/lake.py.hbs";
import loadsTemplate from "../../../templates/databricks/loads.py.hbs";
import { SPARK_STRIPPED } from "../../functions/catalog/text.ts";
import { resolveCast } from "../../functions/resolve.ts";
import { type BronzePlan, builtTables, type CallExpr, type Program, recordsOf, type Type } from "../../plan/program.ts";
import { STRING, typeText } from "../../types.ts";
import { pythonString, sparkExpression } from "../expressions/spark.ts";
import { createNames } from "../shared/names.ts";
import { RUN_COLUMNS, RUNS } from "../shared/run-record.ts";
import { template } from "../shared/template.ts";
import { layoutStatement } from "./python/layout.ts";
import { snakeCase } from "./python/text.ts";
import { structField } from "./schema.ts";

const render = template<{
  readonly parsers: readonly (readonly string[])[];
  readonly types: readonly string[];
  readonly bronze: readonly string[];
  readonly runs: string;
  readonly runColumns: readonly string[];
  readonly stored: readonly string[];
  readonly loads: string;
}>(lakeTemplate);

const renderLoads = template<object>(loadsTemplate);

/** The text of `lake.py` for the types that the program's bronze tables have. */
export function library(program: Program): string {
  const types = new Map(
    program.bronze
      .flatMap((bronze) => bronze.columns)
      .filter(({ type }) => type.kind !== "string" || type.maxLength !== undefined)
      .map(({ type }) => [typeText(type), type] as const),
  );
  const functions = createNames();
  const parsers = [...types].map(([text, type]) => ({ text, type, name: functions.take("parse", snakeCase(text)) }));
  const read = new Set(builtTables(program).flatMap((table) => table.reads));
  const bronze = program.bronze.filter((each) => read.has(recordsOf(each)));
  const list = (name: string, tables: readonly BronzePlan[]): readonly string[] => {
    const names = tables.map((each) => pythonString(`bronze.${each.name}`));
    return layoutStatement(`${name} = `, `[${names.join(", ")}]`).split("\n");
  };
  const stored = bronze.filter((each) => each.stored !== undefined);
  return render({
    runs: RUNS,
    runColumns: RUN_COLUMNS.map((column) => layoutStatement("", structField(column))),
    bronze: list(
      "BRONZE_TABLES",
      bronze.filter((each) => each.stored === undefined),
    ),
    stored: list("STORED_TABLES", stored),
    loads: stored.length === 0 ? "" : renderLoads({}).trimEnd(),
    parsers: parsers.map(({ name, type }) => [`def ${name}(text: Column) -> Column:`, ...body(parsed(type))]),
    types: parsers.map(({ text, name }) => layoutStatement(`${layoutStatement("", pythonString(text))}: `, name)),
  });
}

/** What the words of enums and bools are compared with. */
const STRIPPED = SPARK_STRIPPED.replace("{0}", "text");

/** The lines of a function that returns the value; what it needs several times stands before it, under a name. */
function body(value: string): readonly string[] {
  const statements = value.includes(STRIPPED)
    ? [layoutStatement("word = ", STRIPPED, 1), layoutStatement("return ", value.replaceAll(STRIPPED, "word"), 1)]
    : [layoutStatement("return ", value, 1)];
  return statements.flatMap((statement) => statement.split("\n"));
}

/** `as?` of the catalogue, of the Python variable `text`. */
function parsed(type: Type): string {
  const text = { kind: "column", name: "text", type: STRING, nullable: true } as const;
  const cast = resolveCast(text, type, true);
  if (!cast.ok) throw new Error(`no text is a ${typeText(type)}`);
  const call: CallExpr = { kind: "call", fn: "as?", overload: cast.overload, args: [text], type, nullable: true };
  return sparkExpression(call, { column: (ref) => ref.name });
}
