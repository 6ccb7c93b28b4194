/** The notebook that builds a table: description, inputs, steps, checks and the write. */
import notebookTemplate from "../../../templates/databricks/notebook.py.hbs";
import { type BronzePlan, type Column, qualifiedName, type TablePlan } from "../../plan/program.ts";
import { typeText } from "../../types.ts";
import { pythonString } from "../expressions/spark.ts";
import { bronzeFile } from "../shared/bronze-file.ts";
import { limitText } from "../shared/limit.ts";
import { createNames, type Names } from "../shared/names.ts";
import { template } from "../shared/template.ts";
import { type CatalogPlace, tableEntry } from "../shared/unity-catalog.ts";
import { loadFact, readLoads } from "./loads.ts";
import { code, markdownCell, origin } from "./markdown.ts";
import { pipelineCode, readDistinct, type Statement } from "./pipeline.ts";
import { layoutStatement } from "./python/layout.ts";
import { call, snakeCase } from "./python/text.ts";
import { structField } from "./schema.ts";

type Cell = readonly string[];

const render = template<{ readonly environment: Cell; readonly cells: readonly Cell[] }>(notebookTemplate);

export interface NotebookContext {
  /** By the relations of their records, `bronze.orders` or `loads.orders`. */
  readonly bronze: ReadonlyMap<string, BronzePlan>;
  /** The default root of the lake. */
  readonly lake: string;
  /** Whether it may run on serverless compute. */
  readonly isServerless?: boolean;
  /** The default of where tables are registered in Unity Catalog; without it they are only written to the lake. */
  readonly catalog?: CatalogPlace | undefined;
}

/** The text of a table's notebook. */
export function notebook(table: TablePlan, { bronze, lake, isServerless = false, catalog }: NotebookContext): string {
  const names = createNames();
  const name = qualifiedName(table);
  const inputs = readCells(table, bronze, names);
  const kept = new Set(table.reads.filter((relation) => bronze.has(relation)));
  const pipeline = pipelineCode(table, { variables: inputs.variables, kept }, names);
  const rejected = [...inputs.rejected, ...pipeline.failed];
  const checks = table.keyChecks.map((check) => {
    const rows = check.relation === name ? pipeline.result : inputs.variables.get(check.relation);
    const columns = check.columns.map(pythonString);
    return lakeCall("require_key", [pythonString(check.relation), rows ?? pipeline.result, ...columns]);
  });
  const output = [
    ...statements([{ start: "schema = ", expression: schemaOf(table.columns) }]),
    "",
    ...statements([
      ...checks,
      ...(rejected.length > 0 ? [lakeCall("write_quarantine", [pythonString(name), ...rejected])] : []),
      lakeCall("write", [
        pythonString(name),
        pipeline.result,
        "schema",
        ...(catalog && table.layer !== "bronze" ? [catalogEntry(table)] : []),
      ]),
      lakeCall("release", []),
    ]),
  ];
  const body = [...inputs.cells, ...pipeline.blocks.map(statements), output];
  return render({
    environment: isServerless ? SERVERLESS : [],
    cells: [
      titleCell(table, bronze),
      ["# MAGIC %run ../lake"],
      ...(catalog ? [["# MAGIC %run ../catalog"]] : []),
      [...imports(body.flat().join("\n")), "", ...parameters(lake, catalog)],
      ...body,
      [layoutStatement("", call("dbutils.notebook.exit", [call("lake.result", [pythonString(name)])]))],
    ],
  });
}

/**
 * Version 4 is the first with the functions of Spark 4. A job cannot say it: Databricks rejects an environment on notebook
 * tasks. Other compute ignores the comment.
 */
const SERVERLESS: Cell = ["# /// script", "# [tool.databricks.environment]", '# environment_version = "4"', "# ///"];

function titleCell(table: TablePlan, bronze: NotebookContext["bronze"]): Cell {
  const documented = table.columns.filter((column) => column.doc !== undefined);
  const [loads] = table.layer === "bronze" ? table.reads.flatMap((relation) => bronze.get(relation) ?? []) : [];
  const reads = loads === undefined ? `Reads ${table.reads.map(code).join(", ")}` : loadFact(loads);
  const facts = [`- ${reads}`, ...keyFact(table)];
  const columns = documented.map((column) => `- ${code(column.name)}: ${(column.doc ?? "").replace(/\s+/g, " ")}`);
  return markdownCell([
    `# ${qualifiedName(table)}`,
    ...(table.doc === undefined ? [] : [table.doc]),
    facts.join("\n"),
    ...(columns.length === 0 ? [] : [columns.join("\n")]),
    origin(table.span),
  ]);
}

function keyFact(table: TablePlan): readonly string[] {
  const [key] = table.keys;
  return key === undefined ? [] : [`- Key ${key.map(code).join(", ") || "none: the table has one row"}`];
}

/** Only the imports that the code uses. */
function imports(text: string): readonly string[] {
  const names = text.replace(/^#.*$/gm, "").replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, "");
  const used = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(names);
  return [
    ...(used("Decimal") ? ["from decimal import Decimal", ""] : []),
    ...(used("Window") ? ["from pyspark.sql import Window"] : []),
    ...(used("F") ? ["from pyspark.sql import functions as F"] : []),
    "from pyspark.sql import types as T",
  ];
}

/** Code: the parameters that each notebook has, and the lake that they name. */
export function parameters(lake: string, catalog?: CatalogPlace): readonly string[] {
  const defaults = [
    ["lake", lake],
    ["load", ""],
    ...(catalog
      ? [
          ["catalog", catalog.catalog],
          ["schema_prefix", catalog.prefix],
        ]
      : []),
  ];
  const values = defaults.map(([name = ""]) => `${name === "lake" ? "root" : name}=dbutils.widgets.get("${name}")`);
  return [
    ...defaults.map(([name = "", value = ""]) =>
      layoutStatement("", call("dbutils.widgets.text", [pythonString(name), pythonString(value)])),
    ),
    layoutStatement("lake = ", call(catalog ? "CatalogLake" : "Lake", values)),
  ];
}

/** What Unity Catalog says of the table. */
function catalogEntry(table: TablePlan): string {
  const { comment, key, columns } = tableEntry(table);
  const comments = columns.flatMap((column) =>
    column.comment === undefined ? [] : [`${pythonString(column.name)}: ${pythonString(column.comment)}`],
  );
  const tags = columns.flatMap((column) => {
    const own = Object.entries(column.tags).map(([tag, value]) => `${pythonString(tag)}: ${pythonString(value)}`);
    return own.length === 0 ? [] : [`${pythonString(column.name)}: {${own.join(", ")}}`];
  });
  const said = [
    ...(comment === undefined ? [] : [`comment=${pythonString(comment)}`]),
    ...(key === undefined ? [] : [`key=[${key.map(pythonString).join(", ")}]`]),
    ...(comments.length === 0 ? [] : [`comments={${comments.join(", ")},}`]),
    ...(tags.length === 0 ? [] : [`tags={${tags.join(", ")},}`]),
  ];
  return call("Entry", said);
}

interface Inputs {
  readonly cells: readonly Cell[];
  /** Of each relation that the table reads. */
  readonly variables: ReadonlyMap<string, string>;
  /** The variables of what did not fit in bronze files. */
  readonly rejected: readonly string[];
}

function readCells(table: TablePlan, bronzes: NotebookContext["bronze"], names: Names): Inputs {
  const variables = new Map<string, string>();
  const rejected: string[] = [];
  const cells: Cell[] = [];
  const delta: Statement[] = [];
  const kept = new Set(bronzes.keys());
  for (const relation of table.reads) {
    const bronze = bronzes.get(relation);
    const variable = names.take(snakeCase(bronze?.stored ? bronze.name : relation));
    variables.set(relation, variable);
    if (bronze === undefined) {
      delta.push({ start: `${variable} = `, expression: call("lake.read", [pythonString(relation)]) });
      continue;
    }
    const rejectedName = names.take("rejected", snakeCase(bronze.name));
    rejected.push(rejectedName);
    if (bronze.doc !== undefined && bronze.stored === undefined)
      cells.push(markdownCell([`**bronze.${bronze.name}**`, bronze.doc]));
    const expression = bronze.stored
      ? readLoads(bronze, bronze.stored)
      : readBronze(bronze, relation === readDistinct(table, kept));
    cells.push(statements([{ start: `${variable}, ${rejectedName} = `, expression }]));
  }
  const read = delta.length === 0 ? [] : [delta.map(({ start, expression }) => layoutStatement(start, expression))];
  const name = pythonString(qualifiedName(table));
  const check = rejected.length === 0 ? [] : [statements([lakeCall("check_loads", [name])])];
  return { cells: [...read, ...cells, ...check], variables, rejected };
}

function readBronze(bronze: BronzePlan, distinct: boolean): string {
  const columns = bronze.columns.map(
    (column) => `${pythonString(column.name)}: ${pythonString(typeText(column.type, column.nullable))}`,
  );
  return call(bronze.object.kind === "csv" ? "lake.read_csv" : "lake.read_json", [
    pythonString(`bronze.${bronze.name}`),
    pythonString(bronzeFile(bronze.object)),
    `{${columns.join(", ")},}`,
    ...(distinct ? ["distinct=True"] : []),
    ...(bronze.reject ? [`at_most=${pythonString(limitText(bronze.reject))}`] : []),
  ]);
}

function schemaOf(columns: readonly Column[]): string {
  return `T.StructType([${columns.map(structField).join(", ")},])`;
}

function lakeCall(method: string, args: readonly string[]): Statement {
  return { start: "", expression: call(`lake.${method}`, args) };
}

function statements(list: readonly Statement[]): Cell {
  return list.map(({ start, expression }) => layoutStatement(start, expression));
}
