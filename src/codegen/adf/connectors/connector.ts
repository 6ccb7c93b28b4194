/** What Data Factory needs to know of a kind of source: how it is reached and how one table of it is copied to bronze. */
import type { BronzeColumn, BronzePlan, ServicePlan, Setting, SourcePlan } from "../../../plan/program.ts";
import type { Activity, DatasetType, LinkedServiceType, SourceType } from "../model.ts";
import type { Json, JsonObject } from "../value.ts";

export interface Connector {
  /** Absent where the lake's own linked service reaches it. */
  linkedService?(source: SourcePlan, secrets: SecretReferences): LinkedServiceParts;
  /** Absent where the lake's own dataset of files does. */
  readonly dataset?: DatasetParts;
  /** What the copy must know of a table: an element of the ingest pipeline's `tables`, besides `table` and `file`, its name in the lake. */
  item(bronze: BronzePlan, source: SourcePlan): JsonObject;
  /** @param item an expression: the element of `tables` */
  copy(item: string): CopyParts;
  /** Absent where the source cannot be asked for a part of a table. */
  readonly range?: RangeParts;
  /** Absent where the source cannot list its files. */
  readonly files?: FilesParts;
}

/** How a source is asked for the rows in a range of a column. */
export interface RangeParts {
  /** Tables of a source with the same word share a pipeline, which has the word in its name. */
  wordOf(by: BronzeColumn): string | undefined;
  /** What the activities must know of a table, besides its `Connector.item`. */
  item(bronze: BronzePlan, by: BronzeColumn): JsonObject;
  /**
   * Sets the variables `from` and `to`, which are texts of the column, and `problem`, which ends a sentence that begins
   * with the highest value of the column.
   */
  activities(word: string | undefined, context: RangeContext): readonly Activity[];
  /** The rows from `from` to `to`, and those without a value. */
  source(word: string | undefined): CopyParts["source"];
}

export interface RangeContext {
  readonly ingest: ServicePlan;
  /** The dataset to write JSON lines to the lake by. */
  readonly lakeLines: string;
  /** The dataset to read the source by, and the expressions of its parameters. */
  readonly dataset: string;
  readonly input: JsonObject;
  /** The activity that sets `previous`: the highest value of the last load, empty if there is none. */
  readonly after: string;
}

/** Expressions for the times between which files were modified. */
export interface Window {
  readonly start: string;
  readonly end: string;
}

/** How files of a source are chosen by their names and times. */
export interface FilesParts {
  /** The files of a pattern: what the copy must know, besides `table`. */
  item(bronze: BronzePlan, source: SourcePlan): JsonObject;
  /** Copies files whose names match `item.name`, in a folder with its subfolders. A reader ignores others of them. */
  copy(item: string): CopyParts;
  /** Only files that were modified in the window. */
  within(source: CopyParts["source"], window: Window): CopyParts["source"];
}

/** A secret as an object that names it in its Key Vault. */
export type SecretReferences = (setting: Setting) => JsonObject;

export interface LinkedServiceParts {
  readonly type: LinkedServiceType;
  readonly typeProperties: JsonObject;
}

/** One dataset that all tables of the source share. */
export interface DatasetParts {
  /** Ends its name: `ds_erp_tables`. */
  readonly word: string;
  readonly description: string;
  readonly type: DatasetType;
  readonly parameters: readonly string[];
  readonly typeProperties: JsonObject;
}

export interface CopyParts {
  readonly source: { readonly type: SourceType; readonly [property: string]: Json };
  /** The dataset's parameters. */
  readonly input: JsonObject;
  /** `bytes`: the file as it came · `lines`: rows or documents as JSON lines · `folder`: files as they came, below a folder. */
  readonly sink: "bytes" | "lines" | "folder";
}

/** The path of a file that is read from a source of files. */
export function pathOf({ name, object }: BronzePlan): string {
  if (object.kind === "csv" || object.kind === "json") return object.path;
  throw new Error(`bronze.${name} is no file`);
}
