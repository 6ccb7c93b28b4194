/** Foreign judges of what the compiler emits, of which some live outside of the project and may be absent. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { root } from "./paths.ts";
import { leaveNote } from "./run-notes.ts";

/** The absolute path of `../shared/<relative>`, or undefined where it is not there. */
export function sharedPath(relative: string): string | undefined {
  const path = resolve(root, "../shared", relative);
  return existsSync(path) ? path : undefined;
}

/** Puts a judge that a test could not ask on the list which the run ends with. */
export function recordAbsentJudge(name: string): void {
  leaveNote({ kind: "absent-judge", name });
}
