/** What a build stores with its commit, so that the next run can tell whether its inputs have changed. */
import type { CommitInfo } from "./delta/actions.ts";
import { integerOf, objectOf, parsedObject, textOf } from "./read-json.ts";
import { type CheckResult, type Counts, NO_COUNTS } from "./run-result.ts";

export interface Memory {
  /** Fingerprint of everything the table was built from. */
  readonly fingerprint: string;
  readonly rows: number;
  readonly bytes: number;
  /** Undefined in Spark's commits: there they are counted from the quarantine table and from `printed`. */
  readonly counts: Counts | undefined;
  /** The output of the notebook up to the commit. */
  readonly printed: string;
}

export function memoryText(memory: Pick<Memory, "fingerprint" | "rows" | "bytes" | "counts">): string {
  const { fingerprint, rows, bytes, counts } = memory;
  return JSON.stringify({ medal: 1, fingerprint, rows, bytes, ...counts });
}

/** What Spark stores with a notebook's commits, together with the notebook's output. */
export function memoryForSpark(fingerprint: string): object {
  return { medal: 1, fingerprint };
}

/**
 * Reads it from the commit of a version. A version of another program has none, so the table is rebuilt; so is the empty
 * version with which a notebook starts a new schema, if the run ended there.
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
  const count = (name: "rejected" | "quarantined" | "warned"): number => integerOf(memory[name]) ?? NO_COUNTS[name];
  const counts = {
    rejected: count("rejected"),
    quarantined: count("quarantined"),
    warned: count("warned"),
    checks: checksOf(memory.checks),
  };
  return { fingerprint, rows, bytes, counts, printed: "" };
}

/** Those that can be read. */
function checksOf(value: unknown): readonly CheckResult[] {
  return (Array.isArray(value) ? value : []).flatMap((each): readonly CheckResult[] => {
    const check = objectOf(each);
    const name = textOf(check?.name);
    const action = ACTIONS.find((known) => known === check?.action);
    const rows = integerOf(check?.rows);
    return name === undefined || action === undefined || rows === undefined ? [] : [{ name, action, rows }];
  });
}

const ACTIONS = ["fail", "quarantine", "warn"] as const;
