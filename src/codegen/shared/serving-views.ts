/** The views that serve the gold tables, for the scripts that create them and the pipeline that recreates them. */
import viewTemplate from "../../../templates/synapse/view.sql.hbs";
import type { Column, Program, TablePlan, Type } from "../../plan/program.ts";
import { qualifiedName } from "../../plan/program.ts";
import { safeName } from "./names.ts";
import { template } from "./template.ts";
import { textWidths } from "./text-widths.ts";
import { batch, commentLines, quoteName, quoteText } from "./tsql.ts";
import { tagValue } from "./unity-catalog.ts";

/** The schema of the views: that of the settings, by default the layer's name. */
export function viewSchema({ serve }: Program): string {
  const setting = serve?.settings.schema;
  return setting?.kind === "text" ? setting.value : "gold";
}

/** The external data source: the folder `gold` of the lake. Several projects may share a database. */
export function dataSourceName(program: Program): string {
  return `${safeName(program.name)}_lake`;
}

/** The role whose members see personal data. Projects that share a database have their own schemas, and so their own roles. */
export function piiReaderRole(program: Program): string {
  return `${safeName(viewSchema(program))}_pii_reader`;
}

/** Whether a view has a column with personal data. */
export function hasPersonalData({ tables }: Program): boolean {
  return tables.some(({ layer, columns }) => layer === "gold" && columns.some(isPersonal));
}

function isPersonal({ tags }: Column): boolean {
  return tags.some((tag) => tagValue(tag)[0] === "pii");
}

/** Compares and sorts text by code point as Medal does, and lets filters on text reach the files. */
export const COLLATION = "Latin1_General_100_BIN2_UTF8";

export interface ViewScript {
  /** The table's name, `gold.orders`. The view has the same, in the schema of the settings. */
  readonly name: string;
  /** The statement that creates or updates the view: what is before and after the name of the environment. */
  readonly text: Around;
  /** The same as a batch for any client. */
  readonly batch: Around;
}

export type Around = readonly [before: string, after: string];

/** In the place of the environment while a view is made: no name or comment can contain it. */
const ENVIRONMENT = "\u0001";

function around(text: string): Around {
  const [before = "", after = ""] = text.split(ENVIRONMENT);
  return [before, after];
}

interface View {
  readonly doc: readonly string[];
  readonly name: string;
  readonly mark: string;
  readonly folder: string;
  readonly dataSource: string;
  readonly columns: readonly ViewColumn[];
}

interface ViewColumn {
  readonly doc: readonly string[];
  readonly name: string;
  readonly type: string;
  /** The expression that readers get. */
  readonly value: string;
}

const render = template<View>(viewTemplate);

const scripts = new WeakMap<Program, readonly ViewScript[]>();

/** One view per gold table, in the order of the plan. Cached per program, because several targets use them. */
export function viewScripts(program: Program): readonly ViewScript[] {
  const made = scripts.get(program) ?? createViewScripts(program);
  scripts.set(program, made);
  return made;
}

function createViewScripts(program: Program): readonly ViewScript[] {
  const widths = textWidths(program);
  return program.tables
    .filter((table) => table.layer === "gold")
    .map((table) => {
      const name = qualifiedName(table);
      const text = render(viewOf(table, program, (column) => widths(name, column)));
      return { name, text: around(text), batch: around(batch(text)) };
    });
}

/** The project as the ownership mark of a view has it: on one line. */
export function projectInMark(project: string): string {
  const [line = ""] = commentLines(project);
  return line.replace(/^-- ?/, "");
}

function viewOf(table: TablePlan, program: Program, widthOf: (column: string) => number): View {
  return {
    doc: commentLines(table.doc),
    name: `${quoteName(viewSchema(program))}.${quoteName(table.name)}`,
    mark: `-- medalc: project ${projectInMark(program.name)}, environment ${ENVIRONMENT}`,
    folder: quoteText(`${table.name}/`),
    dataSource: quoteText(dataSourceName(program)),
    columns: table.columns.map((column): ViewColumn => {
      const name = quoteName(column.name);
      const value = isPersonal(column) ? masked(name, piiReaderRole(program)) : name;
      return { doc: commentLines(column.doc), name, type: sqlType(column.type, widthOf(column.name)), value };
    }),
  };
}

/** Null for whoever is not a member of the role. */
function masked(name: string, role: string): string {
  return `CASE WHEN IS_ROLEMEMBER(${quoteText(role)}) = 1 THEN ${name} END AS ${name}`;
}

/** The widest `varchar` that is not a large object. Queries of longer texts fail; texts are never truncated. */
const WIDEST = 8000;

/** The smallest type for all values; `width`: the maximum number of bytes of a text. */
function sqlType(type: Type, width: number): string {
  switch (type.kind) {
    case "bool":
      return "bit";
    case "int":
      return "int";
    case "long":
      return "bigint";
    case "double":
      return "float";
    case "decimal":
      return `decimal(${type.precision}, ${type.scale})`;
    case "date":
      return "date";
    case "timestamp":
      return "datetime2(6)";
    case "binary":
      return "varbinary(max)";
    case "string":
    case "enum":
      return `varchar(${textWidth(width)}) COLLATE ${COLLATION}`;
    case "null":
    case "error":
      throw new Error(`no column has the type ${type.kind}`);
    default:
      return type satisfies never;
  }
}

function textWidth(width: number): string {
  if (width === Infinity) return String(WIDEST);
  return width > WIDEST ? "max" : String(Math.max(width, 1));
}
