/** Loads what the commands on the local lake need: a valid program in an environment, with absolute paths. */
import { resolve } from "node:path";
import { folderNames } from "../codegen/shared/lake.ts";
import { plan } from "../compile.ts";
import type { Config } from "../config/config.ts";
import {
  type Environment,
  LOCAL,
  type ParamArgument,
  resolveEnvironment,
  unknownEnvironment,
} from "../config/environment.ts";
import { type Diagnostic, hasErrors } from "../diagnostics/diagnostic.ts";
import type { Program } from "../plan/program.ts";
import type { CheckedProgram } from "../semantics/model.ts";
import type { SourceFile } from "../source.ts";
import type { Io } from "./io.ts";
import { loadPlan, loadProject, type PlannedProject } from "./project.ts";

export interface LocalOptions {
  readonly path: string;
  /** `local` by default. */
  readonly env?: string;
  readonly param?: readonly ParamArgument[];
}

export interface LocalProject {
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: ReadonlyMap<string, SourceFile>;
  /** Undefined with errors. */
  readonly ready?: {
    readonly program: Program;
    /** Its folders, of the lake and of replaced sources, are absolute. */
    readonly environment: Environment;
    /** Absolute. */
    readonly folder: string;
  };
}

export async function loadLocal(options: LocalOptions, io: Io): Promise<LocalProject> {
  return located(await loadPlan(options.path, io), options, io);
}

/** Also returns the checked program, for further checks. */
export async function loadCheckedLocal(
  options: LocalOptions,
  io: Io,
): Promise<LocalProject & { readonly checked: CheckedProgram | undefined }> {
  const { result, ...project } = await loadProject(options.path, io);
  const local = located({ ...project, program: result && plan(result) }, options, io);
  return { ...local, checked: result?.checked };
}

function located(project: PlannedProject, { env = LOCAL, param = [] }: LocalOptions, io: Io): LocalProject {
  const { folder, config, diagnostics, sources, program } = project;
  const unknown = unknownEnvironment(config, env);
  const known = unknown === undefined ? diagnostics : [...diagnostics, unknown];
  if (program === undefined || hasErrors(known)) return { diagnostics: known, sources };

  const absolute: Config = { ...config, folder: resolve(io.folder, folder) };
  const resolved = resolveEnvironment(absolute, program, env, param);
  const all = [...known, ...resolved.diagnostics, ...folderNames(program)];
  if (hasErrors(all)) return { diagnostics: all, sources };
  return {
    diagnostics: all,
    sources,
    ready: { program, environment: resolved.environment, folder: absolute.folder },
  };
}
