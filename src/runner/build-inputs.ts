/** What a build leaves with its commit, so that the next run sees whether anything has changed since. */
import type { CommitInfo } from "./delta/actions.ts";
import { integerOf, parsedObject, textOf } from "./read-json.ts";
import { type Counts, NO_COUNTS } from "./run-result.ts";

export interface Memory {
  /** Of all that the table was built from. */
  readonly fingerprint: string;
  readonly rows: number;
  readonly bytes: number;
  /** Undefined in Spark's commits: there the lake has the rows that were set aside, and `printed` the others. */
  readonly counts: Counts | undefined;
  /** What the notebook had printed by then. */
  readonly printed: string;
}

export function memoryText(memory: Pick<Memory, "fingerprint" | "rows" | "bytes" | "counts">): string {
  const { fingerprint, rows, bytes, counts } = memory;
  return JSON.stringify({ medal: 1, fingerprint, rows, bytes, ...counts });
}

/** What Spark is to keep with a notebook's commits; it adds what was printed. */
export function memoryForSpark(fingerprint: string): object {
  return { medal: 1, fingerprint };
}

/**
 * What the commit of a version says. A version that somebody else has written has no memory of ours, so it is built anew;
 * so is the empty one that a notebook begins a new schema with, where nothing came after it.
 */
export function memoryOf(commit: CommitInfo | undefined): Memory | undefined {
  if (commit?.operation !== "WRITE" || commit.userMetadata === undefined) return undefined;
  const memory = parsedObject(commit.userMetadata);
  const fingerprint = textOf(memory?.fingerprint);
  if (memory?.medal !== 1 || fingerprint === undefined) return undefined;
  const printed = textOf(memory.printed);
  const { numOutputRows, numOutputBytes } = commit.operationMetrics;
  const rows = integerOf(printed === undefined ? memory.rows : Number(numOutputRows));
  const bytes = integerOf(printed === undefined ? memory.bytes : Number(numOutputBytes));
  if (rows === undefined || bytes === undefined) return undefined;
  if (printed !== undefined) return { fingerprint, rows, bytes, counts: undefined, printed };
  const count = (name: keyof Counts): number => integerOf(memory[name]) ?? NO_COUNTS[name];
  const counts = { rejected: count("rejected"), quarantined: count("quarantined"), warned: count("warned") };
  return { fingerprint, rows, bytes, counts, printed: "" };
}
