/** Writes a user's file atomically. */
import { existsSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { COMMAND_LINE } from "../config/environment.ts";
import { type Diagnostic, diagnostic } from "../diagnostics/diagnostic.ts";
import type { Io } from "./io.ts";

/** Writes a temporary file and renames it, so that an interruption leaves the old or the new text. Keeps the file mode. */
export function writeWhole(path: string, text: string, io: Io): readonly Diagnostic[] {
  const named = resolve(io.folder, path);
  // A symbolic link is kept; its target is written.
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
