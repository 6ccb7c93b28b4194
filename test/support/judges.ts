/** External validators of the compiler's output; some are outside of the project and may be missing. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { root } from "./paths.ts";
import { leaveNote } from "./run-notes.ts";

/** The absolute path of `../shared/<relative>`, or undefined if it does not exist. */
export function sharedPath(relative: string): string | undefined {
  const path = resolve(root, "../shared", relative);
  return existsSync(path) ? path : undefined;
}

/** Adds a missing validator to the list at the end of the test run. */
export function recordAbsentJudge(name: string): void {
  leaveNote({ kind: "absent-judge", name });
}
