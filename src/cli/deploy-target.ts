/** Loads what the deployment commands need: the desired objects of a valid program, and the environment's location. */

import { emitAll } from "../codegen/emit.ts";
import { COMMAND_LINE, LOCAL, type ParamArgument } from "../config/environment.ts";
import { desiredObjects } from "../deploy/desired/objects.ts";
import { type Place, placeOf } from "../deploy/endpoints.ts";
import { tableFacts } from "../deploy/table-facts.ts";
import type { Wanted } from "../deploy/target.ts";
import { type Diagnostic, diagnostic, hasErrors } from "../diagnostics/diagnostic.ts";
import type { Program } from "../plan/program.ts";
import type { SourceFile } from "../source.ts";
import { changedSince } from "./changed-since.ts";
import { digest } from "./digest.ts";
import { emitContextFor } from "./emit-context.ts";
import type { Io } from "./io.ts";
import { loadPlan } from "./project.ts";
import { type Selection, selectTables } from "./select.ts";

export interface DeployableOptions {
  readonly path: string;
  /** By default the first environment of medal.json that is not `local`. */
  readonly env?: string;
  readonly param?: readonly ParamArgument[];
  readonly select?: readonly string[];
  /** Keys of objects to adopt. */
  readonly adopt?: readonly string[];
  /** Tables whose rows are deleted: `gold.orders`. */
  readonly allowDestroy?: readonly string[];
  /** Whether triggers that were stopped manually are started too. */
  readonly startTriggers?: boolean;
}

export interface Deployable {
  readonly place: Place;
  readonly wanted: Wanted;
}

export interface LoadedDeployable {
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: ReadonlyMap<string, SourceFile>;
  /** Undefined with errors. */
  readonly ready?: Deployable;
}

export async function loadDeployable(options: DeployableOptions, io: Io): Promise<LoadedDeployable> {
  const { path, env, param = [] } = options;
  const { config, sources, program, diagnostics } = await loadPlan(path, io);
  const known = env === LOCAL ? [...diagnostics, diagnostic("deploy-local", COMMAND_LINE, {})] : diagnostics;
  if (program === undefined || hasErrors(known)) return { diagnostics: known, sources };

  const { context, environment, diagnostics: problems } = emitContextFor(config, program, env, param);
  const inContext = [...known, ...problems];
  if (context === undefined || hasErrors(inContext)) return { diagnostics: inContext, sources };

  const emitted = emitAll(program, context, { digest });
  const objects = hasErrors(emitted.diagnostics) ? [] : desiredObjects(program, context.environment, emitted.files);
  const inFile = ["environments", environment.name];
  const at =
    environment.azure.subscription === undefined
      ? config.spanOf(inFile, "name")
      : config.spanOf([...inFile, "azure", "subscription"]);
  const located = objects.length === 0 ? undefined : placeOf(program, environment, objects, at);
  const selection = selectionOf(program, options, sources, io);
  const all = [
    ...inContext,
    ...emitted.diagnostics,
    ...(located?.diagnostics ?? []),
    ...(selection?.diagnostics ?? []),
  ];
  if (located?.place === undefined || hasErrors(all)) return { diagnostics: all, sources };
  const wanted: Wanted = {
    ...{ project: program.name, environment: environment.name, objects, tables: tableFacts(program) },
    ...{ adopt: options.adopt ?? [], destroy: options.allowDestroy ?? [], select: selection?.tables },
    triggers: options.startTriggers === true ? "started" : (environment.azure.triggers ?? "keep"),
  };
  return { diagnostics: all, sources, ready: { place: located.place, wanted } };
}

function selectionOf(
  program: Program,
  { select }: DeployableOptions,
  sources: ReadonlyMap<string, SourceFile>,
  io: Io,
): Selection | undefined {
  const files = [...sources.keys()].filter((path) => path.endsWith(".medal"));
  return select && selectTables(program, select, changedSince(program, files, io.folder));
}
