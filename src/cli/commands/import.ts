/** `medalc import`: converts the definitions of another tool to a program. */
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { check } from "../../compile.ts";
import { COMMAND_LINE } from "../../config/environment.ts";
import { type Diagnostic, diagnostic } from "../../diagnostics/diagnostic.ts";
import { fileProblem } from "../../diagnostics/file-problem.ts";
import { FOLDERS, importAdf, noticeText } from "../../import/adf/index.ts";
import { createProjectReader, isFolder } from "../../node-host.ts";
import type { CommandResult } from "../command.ts";
import type { Io } from "../io.ts";
import { counted } from "../pluralize.ts";
import { fileHint } from "../system-errors.ts";

export interface ImportOptions {
  /** The folder of a factory's git repository. */
  readonly folder: string;
  /** The output file; standard output by default. */
  readonly out?: string;
}

export async function importProgram({ folder, out }: ImportOptions, io: Io): Promise<CommandResult> {
  const absolute = resolve(io.folder, folder);
  const { files, diagnostics: unread } = isFolder(absolute) ? readFactoryFiles(absolute, folder) : NO_FILES;
  if (unread.length > 0) return { diagnostics: unread, sources: new Map() };
  if (files.size === 0) return failed(diagnostic("import-no-factory", COMMAND_LINE, { folder }));
  if (out !== undefined && existsSync(resolve(io.folder, out))) {
    const hint = "Choose another file, or delete this one.";
    return failed(diagnostic("file-exists", COMMAND_LINE, { path: out }, { hint }));
  }
  const imported = importAdf(files, basename(resolve(io.folder, folder)));
  const path = out ?? "<stdout>";
  // The program should have no errors; if it has, they are reported with their locations.
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
      text: out === undefined ? imported.text : `Wrote ${out}: ${counts}\n`,
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

interface FactoryFiles {
  /** The texts by path relative to the folder. */
  readonly files: ReadonlyMap<string, string>;
  readonly diagnostics: readonly Diagnostic[];
}

const NO_FILES: FactoryFiles = { files: new Map(), diagnostics: [] };

/**
 * Files outside the folders of a data factory are listed as not imported, without reading them. `shown` is the folder
 * as the user gave it; a symbolic link that leads out of it is rejected.
 */
function readFactoryFiles(folder: string, shown: string): FactoryFiles {
  const read = createProjectReader(folder);
  const found = new Map<string, string>();
  const others: string[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
    if (entry.isDirectory() && FOLDERS.some((each) => each === entry.name)) {
      for (const path of filesBelow(folder, entry.name)) {
        const text = isJson(path) ? read(`${folder}/${path}`) : undefined;
        if (text === undefined || "text" in text) found.set(path, text?.text ?? "");
        else {
          const file = `${shown}/${path}`;
          diagnostics.push(fileProblem(file, text, { file, start: 0, end: 0 }));
        }
      }
    } else if (entry.isDirectory()) others.push(`${entry.name}/`);
    else if (isJson(entry.name)) others.push(entry.name);
  }
  if (found.size === 0) return { files: found, diagnostics };
  return { files: new Map([...found, ...others.map((file) => [file, ""] as const)]), diagnostics };
}

function isJson(file: string): boolean {
  return file.toLowerCase().endsWith(".json");
}

function filesBelow(folder: string, path: string): readonly string[] {
  return readdirSync(`${folder}/${path}`, { withFileTypes: true }).flatMap((entry) => {
    const below = `${path}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(folder, below) : [below];
  });
}

function failed(problem: Diagnostic): CommandResult {
  return { diagnostics: [problem], sources: new Map() };
}
