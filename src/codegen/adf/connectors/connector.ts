/** What Data Factory needs to know of a kind of source: how it is reached and how one table of it is copied to bronze. */
import type { BronzePlan, Setting, SourcePlan } from "../../../plan/program.ts";
import type { DatasetType, LinkedServiceType, SourceType } from "../model.ts";
import type { Json, JsonObject } from "../value.ts";

export interface Connector {
  /** Absent where the lake's own linked service reaches it. */
  linkedService?(source: SourcePlan, secrets: SecretReferences): LinkedServiceParts;
  /** Absent where the lake's own dataset of files does. */
  readonly dataset?: DatasetParts;
  /** What the copy must know of a table: an element of the ingest pipeline's `tables`, besides `table` and `file`, its name in the lake. */
  item(bronze: BronzePlan, source: SourcePlan): JsonObject;
  readonly copy: CopyParts;
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
  /** `bytes`: the file as it came · `lines`: rows or documents as JSON lines. */
  readonly sink: "bytes" | "lines";
}

/** The path of a file that is read from a source of files. */
export function pathOf({ name, object }: BronzePlan): string {
  if (object.kind === "csv" || object.kind === "json") return object.path;
  throw new Error(`bronze.${name} is no file`);
}
