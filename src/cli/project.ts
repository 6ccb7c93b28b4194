/** From the path on the command line to the files, the configuration and the checked program. */
import { type CheckResult, check } from "../compile.ts";
import { type Config, noConfig } from "../config/config.ts";
import { COMMAND_LINE } from "../config/environment.ts";
import { folderOf, joinPath } from "../config/paths.ts";
import { type Diagnostic, diagnostic } from "../diagnostics/diagnostic.ts";
import type { CompilerHost } from "../host.ts";
import { createNodeHost } from "../node-host.ts";
import type { SourceFile } from "../source.ts";
import type { Io } from "./io.ts";

export interface Project {
  /** The folder of the program, as given; medal.json lies in it. */
  readonly folder: string;
  readonly config: Config;
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: ReadonlyMap<string, SourceFile>;
  /** Where there are no errors. */
  readonly checked: CheckResult["checked"];
}

/** Reads and checks the program at a path, a file or a folder, and the medal.json beside it. */
export async function loadProject(path: string, io: Io): Promise<Project> {
  const host = createNodeHost(io.folder);
  const isFolder = host.isFolder(path);
  const folder = isFolder ? path : folderOf(path);
  const nothing = { folder, config: noConfig(folder), sources: new Map(), checked: undefined };
  if (!isFolder && host.readFile(path) === undefined) {
    return { ...nothing, diagnostics: [diagnostic("unknown-path", COMMAND_LINE, { path })] };
  }
  const files = isFolder ? host.listPrograms(path) : [path];
  if (files.length === 0) return { ...nothing, diagnostics: [diagnostic("no-program", COMMAND_LINE, { folder })] };

  const checked = check(host, files);
  const configuration = await loadConfig(host, folder);
  const configFile = configuration.config.file;
  return {
    folder,
    config: configuration.config,
    diagnostics: [...checked.diagnostics, ...configuration.diagnostics],
    sources: configFile === undefined ? checked.sources : new Map([...checked.sources, [configFile.path, configFile]]),
    checked: checked.checked,
  };
}

async function loadConfig(
  host: CompilerHost,
  folder: string,
): Promise<{ readonly config: Config; readonly diagnostics: readonly Diagnostic[] }> {
  const path = joinPath(folder, "medal.json");
  const text = host.readFile(path);
  if (text === undefined) return { config: noConfig(folder), diagnostics: [] };
  const { readConfig } = await import("../config/read.ts");
  return readConfig({ path, text }, folder);
}
