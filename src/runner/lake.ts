/** The folder layout of the lake; see docs/lake.md. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { RUNS } from "../codegen/shared/run-record.ts";
import { isFileError } from "./errors.ts";

export interface Lake {
  readonly folder: string;
  /** The folder with the loads of a bronze table. */
  loadsFolder(bronze: string): string;
  /**
   * The folder of a Delta table: of `silver.orders`, `quarantine.silver.orders`, or a stored bronze table such as
   * `bronze.orders`.
   */
  tableFolder(relation: string): string;
  /** The table of runs. */
  readonly runsFolder: string;
  /** Temporary files of a run: rows for the quarantine, rewritten input files, the engine's own files. */
  readonly scratchFolder: string;
  readonly lockFile: string;
}

export function createLake(folder: string): Lake {
  return {
    folder,
    loadsFolder: (bronze) => join(folder, "bronze", folderName(bronze)),
    tableFolder: (relation) => join(folder, ...tableParts(relation).map(folderName)),
    runsFolder: join(folder, RUNS),
    scratchFolder: join(folder, ".tmp"),
    lockFile: join(folder, ".lock"),
  };
}

/** `quarantine.silver.a.b` belongs to the table `a.b`: a name in backticks may contain a dot. */
function tableParts(relation: string): readonly string[] {
  const [, layers = "", name = ""] = /^((?:quarantine\.)?[a-z]+)\.(.*)$/s.exec(relation) ?? [];
  // The folder `bronze` has the loads.
  return layers === "bronze" ? ["parsed", name] : [...layers.split("."), name];
}

/** A name in backticks may contain any character; those that a file system or Spark does not accept are percent-encoded. */
export function folderName(name: string): string {
  return name.replace(/[/\\:*?#%[\]{}^"<>|\p{Cc}]|^[\s.]|[\s.]$/gu, encodeMark);
}

function encodeMark(mark: string): string {
  return `%${mark.charCodeAt(0).toString(16).padStart(2, "0")}`;
}

/** The folders in a folder, sorted; none if it does not exist. */
export async function foldersIn(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if (isFileError(error, "ENOENT", "ENOTDIR")) return [];
    throw error;
  }
}
