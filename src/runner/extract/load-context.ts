/** What the ways to load a bronze table share: what is in the lake already, and whether a load may continue it. */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { BronzePlan } from "../../plan/program.ts";
import type { LoadFacts, Origin } from "../load-record.ts";
import type { CountedLoad, LoadOf } from "../loads.ts";
import type { FetchRequest } from "./fetcher.ts";
import type { DamagedLoad } from "./land.ts";
import type { ReachedSource } from "./sources.ts";

export interface LoadContext {
  readonly bronze: BronzePlan;
  readonly source: ReachedSource;
  /** The folder of the table's loads. */
  readonly folder: string;
  /** The name of the file of a load that has one. */
  readonly file: string;
  /** The start of the run. */
  readonly at: Date;
  readonly origin: Origin;
  /** See `modeText`. */
  readonly mode: string | undefined;
  readonly request: Omit<FetchRequest, "path" | "previous">;
  /** All complete loads, the newest last. */
  readonly loads: readonly LoadOf[];
  /** Those that count, before this run. */
  readonly counted: readonly CountedLoad[];
  /** Fetch even what has not changed. */
  readonly full: boolean;
  /** Start again: earlier loads no longer count. */
  readonly reload: boolean;
  /** Why the loads that count cannot be continued; undefined if they can. */
  readonly change: "origin" | "mode" | undefined;
  /** Those of the loads that count whose files or records are damaged. */
  readonly damaged: readonly DamagedLoad[];
}

/** What was landed. */
export interface Landed {
  /** Undefined if there is nothing new. */
  readonly load: LoadOf | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** What the load contains, for people: `id 10 to 20`, `3 files`. */
  readonly contents?: string;
}

/** What the record of each load of a table says. */
export function commonFacts({ origin, mode }: LoadContext): Pick<LoadFacts, "origin" | "mode"> {
  return { origin, ...(mode === undefined ? {} : { mode }) };
}

/** Whether this load can only start again. */
export function startsAgain({ reload, change, counted }: LoadContext): boolean {
  return reload || change !== undefined || counted.length === 0;
}
