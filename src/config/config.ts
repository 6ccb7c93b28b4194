/** What a medal.json says. Reading one takes a JSON schema validator; this does not. */
import type { CloudName } from "../codegen/shared/cloud.ts";
import type { SourceFile, Span } from "../source.ts";

export type Scalar = string | number | boolean;

/** A valid medal.json; without environments where there is no such file. */
export interface Config {
  /** The folder that its paths are relative to. */
  readonly folder: string;
  readonly file: SourceFile | undefined;
  /** In the order of the file. `local` only where it is written. */
  readonly environments: ReadonlyMap<string, EnvironmentConfig>;
  /** The place of a value or of its name, given by the names that lead to it; the file's start where it is not there. */
  spanOf(path: readonly string[], part?: "name" | "value"): Span;
}

export interface EnvironmentConfig {
  readonly params?: Readonly<Record<string, Scalar>>;
  readonly sources?: Readonly<Record<string, Readonly<Record<string, Scalar>>>>;
  readonly lake?: string;
  readonly spark?: SparkConfig;
  readonly azure?: AzureConfig;
}

/** Where `medalc run --engine spark` finds Spark. */
export interface SparkConfig {
  readonly master?: string;
  readonly python?: string;
  readonly conf?: Readonly<Record<string, Scalar>>;
}

/** What a deployment does with the triggers: leaves each as it is and starts new ones, starts all, or stops all. */
export type TriggerPolicy = "keep" | "started" | "stopped";

/** Where `medalc plan` and `medalc deploy` find what the program does not name. */
export interface AzureConfig {
  /** Of the data factory. */
  readonly subscription?: string;
  readonly resource_group?: string;
  readonly cloud?: CloudName;
  readonly triggers?: TriggerPolicy;
  /** In place of the addresses that Azure gives. */
  readonly endpoints?: {
    readonly management?: string;
    readonly storage?: string;
    readonly databricks?: string;
    /** A host, with `:port` where it is not the usual one. */
    readonly synapse?: string;
  };
}

/** What there is where no medal.json is. */
export function noConfig(folder: string): Config {
  return {
    folder,
    file: undefined,
    environments: new Map(),
    spanOf: () => ({ file: `${folder}/medal.json`, start: 0, end: 0 }),
  };
}
