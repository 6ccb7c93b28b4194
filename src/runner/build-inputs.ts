/** What a build leaves with its commit, so that the next run sees whether anything has changed since. */
import type { CommitInfo } from "./delta/actions.ts";
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
  if (commit?.operation !== "WRITE" || !commit.userMetadata?.startsWith("{")) return undefined;
  const { medal, fingerprint, printed, rows, bytes, ...counts } = JSON.parse(commit.userMetadata);
  if (medal !== 1) return undefined;
  if (printed === undefined) return { fingerprint, rows, bytes, counts: { ...NO_COUNTS, ...counts }, printed: "" };
  const { numOutputRows, numOutputBytes } = commit.operationMetrics;
  return { fingerprint, rows: Number(numOutputRows), bytes: Number(numOutputBytes), counts: undefined, printed };
}
