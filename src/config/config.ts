/** The content of a medal.json. Kept separate from reading, which needs a JSON schema validator. */
import type { CloudName } from "../codegen/shared/cloud.ts";
import type { SourceFile, Span } from "../source.ts";

export type Scalar = string | number | boolean;

/** A valid medal.json; without environments if the file does not exist. */
export interface Config {
  /** The folder that its paths are relative to. */
  readonly folder: string;
  readonly file: SourceFile | undefined;
  /** In the order of the file. Includes `local` only if the file does. */
  readonly environments: ReadonlyMap<string, EnvironmentConfig>;
  /** The location of a value or of its name, given by its path; the start of the file if it does not exist. */
  spanOf(path: readonly string[], part?: "name" | "value"): Span;
}

export interface EnvironmentConfig {
  readonly params?: Readonly<Record<string, Scalar>>;
  readonly sources?: Readonly<Record<string, Readonly<Record<string, Scalar>>>>;
  readonly lake?: string;
  readonly spark?: SparkConfig;
  readonly azure?: AzureConfig;
}

/** Settings for `medalc run --engine spark`. */
export interface SparkConfig {
  readonly master?: string;
  readonly python?: string;
  readonly conf?: Readonly<Record<string, Scalar>>;
}

/** How a deployment treats triggers: keeps the state of each and starts new ones, starts all, or stops all. */
export type TriggerPolicy = "keep" | "started" | "stopped";

/** Settings for `medalc plan` and `medalc deploy` that the program does not contain. */
export interface AzureConfig {
  /** The subscription of the data factory. */
  readonly subscription?: string;
  readonly resource_group?: string;
  readonly cloud?: CloudName;
  readonly triggers?: TriggerPolicy;
  /** Overrides of Azure's endpoints. */
  readonly endpoints?: {
    readonly management?: string;
    readonly storage?: string;
    readonly databricks?: string;
    /** A host, with `:port` if it is not the default port. */
    readonly synapse?: string;
  };
}

/** The configuration without a medal.json. */
export function noConfig(folder: string): Config {
  return {
    folder,
    file: undefined,
    environments: new Map(),
    spanOf: () => ({ file: `${folder}/medal.json`, start: 0, end: 0 }),
  };
}
