/** How the loads of a bronze table are made. */
import type { BronzeColumn, BronzePlan, SourcePlan } from "../../plan/program.ts";
import { isPattern } from "../../semantics/path-pattern.ts";
import { bronzeFile } from "../shared/bronze-file.ts";
import { modeText } from "../shared/load-mode.ts";
import type { RangeParts } from "./connectors/connector.ts";
import { connectors } from "./connectors/index.ts";
import type { JsonObject } from "./value.ts";

/** Tables of a source that are loaded in the same way share pipelines. */
export type Way =
  /** One file, table or collection, as a whole. */
  | { readonly kind: "whole" }
  /** All files of a pattern. */
  | { readonly kind: "pattern" }
  /** The rows in a range of a column. */
  | { readonly kind: "range"; readonly word?: string }
  /** The files that were modified in a range of time; of one file or of a pattern. */
  | { readonly kind: "files"; readonly of: "file" | "pattern" };

/** Distinguishes the ways of a source in the names of pipelines. */
export function wordsOf(way: Way): readonly string[] {
  switch (way.kind) {
    case "whole":
      return [];
    case "pattern":
      return ["patterns"];
    case "range":
      return ["range", ...(way.word === undefined ? [] : [way.word])];
    case "files":
      return way.of === "file" ? ["versions"] : ["files"];
    default:
      return way satisfies never;
  }
}

export function wayOf(bronze: BronzePlan, source: SourcePlan): Way {
  const { load, object } = bronze;
  const isOfPattern = "path" in object && isPattern(object.path);
  const isFile = "path" in object;
  if (load.kind === "full") return { kind: isOfPattern ? "pattern" : "whole" };
  if (isFile) return { kind: "files", of: isOfPattern ? "pattern" : "file" };
  const word = rangeOf(source).wordOf(columnOf(bronze));
  return { kind: "range", ...(word === undefined ? {} : { word }) };
}

export function rangeOf({ name, kind }: SourcePlan): RangeParts {
  const { range } = connectors[kind];
  if (range === undefined) throw new Error(`source ${name} has no ranges`);
  return range;
}

/** An element of an ingest pipeline's `tables`. */
export function itemOf(bronze: BronzePlan, source: SourcePlan, way: Way): JsonObject {
  const { files, item } = connectors[source.kind];
  const { name: table, object } = bronze;
  const isOfPattern = way.kind === "pattern" || (way.kind === "files" && way.of === "pattern");
  const own = isOfPattern && files ? files.item(bronze, source) : { ...item(bronze, source), file: bronzeFile(object) };
  const range = way.kind === "range" ? rangeOf(source).item(bronze, columnOf(bronze)) : {};
  return { table, ...own, ...range, ...(way.kind === "range" || way.kind === "files" ? continued(bronze) : {}) };
}

/** What the record of a load says before its range: the mode in which it continues others. */
function continued(bronze: BronzePlan): JsonObject {
  const mode = modeText(bronze);
  if (mode === undefined) throw new Error(`bronze.${bronze.name} continues no load`);
  return { mode, record: JSON.stringify({ bytes: -1, mode }).slice(0, -1) };
}

function columnOf({ name, load, columns }: BronzePlan): BronzeColumn {
  const column = "by" in load ? columns.find((each) => each.name === load.by) : undefined;
  if (column === undefined) throw new Error(`bronze.${name} has no range`);
  return column;
}
