/** Writing one file of the user's as a whole. */
import { existsSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { COMMAND_LINE } from "../config/environment.ts";
import { type Diagnostic, diagnostic } from "../diagnostics/diagnostic.ts";
import type { Io } from "./io.ts";

/** Through a second file, so that an interruption leaves the old text or the new one. The mode of the file stays. */
export function writeWhole(path: string, text: string, io: Io): readonly Diagnostic[] {
  const named = resolve(io.folder, path);
  // A symbolic link stays one: what it leads to is written.
  const target = existsSync(named) ? realpathSync(named) : named;
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    const mode = statSync(target, { throwIfNoEntry: false })?.mode;
    writeFileSync(temporary, text, mode === undefined ? {} : { mode });
    renameSync(temporary, target);
    return [];
  } catch (error) {
    rmSync(temporary, { force: true });
    if (!(error instanceof Error && "syscall" in error)) throw error;
    return [diagnostic("unwritable-file", COMMAND_LINE, { path, problem: error.message })];
  }
}
