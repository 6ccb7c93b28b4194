/** Loads the program at a path of the command line, and the medal.json next to it. */
import { resolve } from "node:path";
import { type CheckResult, check, plan } from "../compile.ts";
import { type Config, noConfig } from "../config/config.ts";
import { COMMAND_LINE } from "../config/environment.ts";
import { folderOf, joinPath } from "../config/paths.ts";
import { type Diagnostic, diagnostic } from "../diagnostics/diagnostic.ts";
import { fileProblem } from "../diagnostics/file-problem.ts";
import type { CompilerHost } from "../host.ts";
import { createNodeHost, isFolder as isFolderAt } from "../node-host.ts";
import type { Program } from "../plan/program.ts";
import type { SourceFile } from "../source.ts";
import type { Io } from "./io.ts";
import { withReadingProgress } from "./reading-progress.ts";

export interface Project {
  /** The folder of the program and of medal.json, as given. */
  readonly folder: string;
  readonly config: Config;
  /** For the program and medal.json. */
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: ReadonlyMap<string, SourceFile>;
  /** Undefined if there was no program to check. */
  readonly result: CheckResult | undefined;
}

/** Loads and checks the program at a path, a file or a folder, and the medal.json next to it. */
export async function loadProject(
  path: string,
  io: Io,
  hostOf: (project: string) => CompilerHost = (project) => createNodeHost(io.folder, project),
): Promise<Project> {
  const isFolder = isFolderAt(resolve(io.folder, path));
  const folder = isFolder ? joinPath("", path) : folderOf(joinPath("", path));
  const host = hostOf(folder);
  const files = isFolder ? host.listPrograms(path) : [path];
  const problem = isFolder ? folderProblem(folder, files) : pathProblem(path, host);
  if (problem !== undefined) {
    return { folder, config: noConfig(folder), diagnostics: [problem], sources: new Map(), result: undefined };
  }
  const result = check(withReadingProgress(host, files.length, io.stderr), files);
  const { config, diagnostics } = await loadConfig(host, folder);
  return {
    folder,
    config,
    diagnostics: [...result.diagnostics, ...diagnostics],
    sources: config.file === undefined ? result.sources : new Map([...result.sources, [config.file.path, config.file]]),
    result,
  };
}

export interface PlannedProject extends Omit<Project, "result"> {
  /** Undefined if the program has errors. */
  readonly program: Program | undefined;
}

/** Loads a project and plans its program. Drops the syntax tree, which is half of the memory of a large program. */
export async function loadPlan(path: string, io: Io): Promise<PlannedProject> {
  const { result, ...project } = await loadProject(path, io);
  return { ...project, program: result && plan(result) };
}

function folderProblem(folder: string, files: readonly string[]): Diagnostic | undefined {
  return files.length === 0 ? diagnostic("no-program", COMMAND_LINE, { folder }) : undefined;
}

function pathProblem(path: string, host: CompilerHost): Diagnostic | undefined {
  const text = host.readFile(path);
  if (text === undefined) return diagnostic("unknown-path", COMMAND_LINE, { path });
  return typeof text === "string" ? undefined : fileProblem(path, text, { file: path, start: 0, end: 0 });
}

async function loadConfig(
  host: CompilerHost,
  folder: string,
): Promise<{ readonly config: Config; readonly diagnostics: readonly Diagnostic[] }> {
  const path = joinPath(folder, "medal.json");
  const text = host.readFile(path);
  if (text === undefined) {
    const problem = `${path} is a folder`;
    const diagnostics = host.isFolder(path) ? [diagnostic("file-access", COMMAND_LINE, { problem })] : [];
    return { config: noConfig(folder), diagnostics };
  }
  if (typeof text !== "string") {
    return { config: noConfig(folder), diagnostics: [fileProblem(path, text, { file: path, start: 0, end: 0 })] };
  }
  const { readConfig } = await import("../config/read.ts");
  return readConfig({ path, text }, folder);
}
