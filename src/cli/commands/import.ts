/** `medalc import`: a program of what another tool does already. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { check } from "../../compile.ts";
import { COMMAND_LINE } from "../../config/environment.ts";
import { type Diagnostic, diagnostic } from "../../diagnostics/diagnostic.ts";
import { FOLDERS, importAdf, noticeText } from "../../import/adf/index.ts";
import type { CommandResult } from "../command.ts";
import type { Io } from "../io.ts";
import { counted } from "../pluralize.ts";
import { fileHint } from "../system-errors.ts";

export interface ImportOptions {
  /** The folder of a factory's git layout. */
  readonly folder: string;
  /** Where the program goes; standard output if it is not given. */
  readonly out?: string;
}

export async function importProgram({ folder, out }: ImportOptions, io: Io): Promise<CommandResult> {
  const files = readFactoryFiles(resolve(io.folder, folder));
  if (files.size === 0) return failed(diagnostic("import-no-factory", COMMAND_LINE, { folder }));
  if (out !== undefined && existsSync(resolve(io.folder, out))) {
    const hint = "Name another file, or remove this one.";
    return failed(diagnostic("file-exists", COMMAND_LINE, { path: out }, { hint }));
  }
  const imported = importAdf(files, basename(resolve(io.folder, folder)));
  const path = out ?? "<stdout>";
  // It is right as it stands; where it ever were not, that is said with the place.
  const host = { readFile: () => imported.text, listPrograms: () => [path], isFolder: () => false };
  const { diagnostics, sources } = check(host, [path]);
  if (out !== undefined) {
    try {
      writeFileSync(resolve(io.folder, out), imported.text, { flag: "wx" });
    } catch (error) {
      if (!(error instanceof Error && "syscall" in error)) throw error;
      return failed(
        diagnostic("unwritable-file", COMMAND_LINE, { path: out, problem: error.message }, fileHint(error)),
      );
    }
  }
  const { sources: sourceCount, bronze, notices } = imported;
  const counts = `${counted(sourceCount, "source")}, ${counted(bronze, "bronze table")}`;
  return {
    diagnostics,
    sources,
    answer: {
      text: out === undefined ? imported.text : `wrote ${out}: ${counts}\n`,
      data: {
        ...(out === undefined ? { program: imported.text } : { out }),
        sources: sourceCount,
        bronze,
        notices,
      },
    },
    closing: [...notices.map(noticeText), `${counts}; ${counted(notices.length, "notice")}`].join("\n"),
  };
}

/** Texts by their paths below the folder. */
function readFactoryFiles(folder: string): ReadonlyMap<string, string> {
  const files = FOLDERS.filter((each) => existsSync(`${folder}/${each}`)).flatMap((each) =>
    readdirSync(`${folder}/${each}`, { withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.toLowerCase().endsWith(".json"))
      .map((entry) => `${each}/${entry.name}`),
  );
  return new Map(files.map((file) => [file, readFileSync(`${folder}/${file}`, "utf8")]));
}

function failed(problem: Diagnostic): CommandResult {
  return { diagnostics: [problem], sources: new Map() };
}
