/** The views that serve the gold tables, for the scripts that create them and the pipeline that recreates them. */
import viewTemplate from "../../../templates/synapse/view.sql.hbs";
import type { Column, Program, TablePlan, Type } from "../../plan/program.ts";
import { qualifiedName } from "../../plan/program.ts";
import { template } from "./template.ts";
import { textWidths } from "./text-widths.ts";
import { batch, commentLines, quoteName, quoteText } from "./tsql.ts";

/** The external data source: the folder `gold` of the lake. */
export const DATA_SOURCE = "lake_gold";

/** Compares and sorts text by code point as Medal does, and lets filters on text reach the files. */
export const COLLATION = "Latin1_General_100_BIN2_UTF8";

export interface ViewScript {
  /** The table's name, `gold.orders`; the view has the same. */
  readonly name: string;
  /** The statement that creates or updates the view. */
  readonly text: string;
  /** The same as batches for any client, to be sent to the serving database one after the other. */
  readonly batches: readonly string[];
}

interface View {
  readonly doc: readonly string[];
  readonly name: string;
  readonly mark: string;
  readonly folder: string;
  readonly dataSource: string;
  readonly columns: readonly { readonly doc: readonly string[]; readonly name: string; readonly type: string }[];
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
      const text = render(viewOf(table, program.name, (column) => widths(name, column)));
      return { name, text, batches: [batch(text)] };
    });
}

/** The ownership mark in the definition of a view. */
export function viewMark(project: string): string {
  const [mark = ""] = commentLines(`medalc: project ${project}`);
  return mark;
}

function viewOf(table: TablePlan, project: string, widthOf: (column: string) => number): View {
  return {
    doc: commentLines(table.doc),
    name: `${quoteName(table.layer)}.${quoteName(table.name)}`,
    mark: viewMark(project),
    folder: quoteText(`${table.name}/`),
    dataSource: quoteText(DATA_SOURCE),
    columns: table.columns.map((column: Column) => ({
      doc: commentLines(column.doc),
      name: quoteName(column.name),
      type: sqlType(column.type, widthOf(column.name)),
    })),
  };
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
