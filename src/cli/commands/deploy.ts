/** `medalc deploy`: brings an environment to what the program, a saved plan or an earlier deployment says. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { COMMAND_LINE } from "../../config/environment.ts";
import { bundleBefore, currentBundle, emptyBundle } from "../../deploy/bundle.ts";
import { readSavedPlan } from "../../deploy/deploy-plan.ts";
import { readHistory } from "../../deploy/deployment.ts";
import type { Beginning } from "../../deploy/journal.ts";
import { keyOf } from "../../deploy/object.ts";
import { type Diagnostic, diagnostic } from "../../diagnostics/diagnostic.ts";
import { failure } from "../../runner/errors.ts";
import { type CommandResult, EXIT } from "../command.ts";
import {
  confirmAndApply,
  failedBefore,
  openSession,
  type PlannedSession,
  planSession,
  rowlessProblems,
  type Session,
  type SessionOptions,
  unfinishedWarning,
} from "../deploy-session.ts";
import { type DeployableOptions, loadDeployable, type Wanted } from "../deployable.ts";
import type { Io } from "../io.ts";
import { isSavedPlan } from "../saved-plan.ts";

export interface DeployOptions extends DeployableOptions, SessionOptions {
  /** Goes on with the last deployment, where it did not end well. */
  readonly resume?: boolean;
  /** Goes back to the last good deployment; where the last one was good, to the one before. */
  readonly rollback?: boolean;
}

export async function deploy(options: DeployOptions, io: Io): Promise<CommandResult> {
  if (isSavedPlan(options.path)) return deploySaved(options, io);
  const { diagnostics, sources, ready } = await loadDeployable(options, io);
  if (ready === undefined) return { diagnostics, sources };
  const session = await openSession(ready.place, ready.wanted.project, io);
  try {
    const target = await targetOf(options, session, ready.wanted);
    const planned = await planSession(session, target.wanted);
    const isPlain = options.resume !== true && options.rollback !== true;
    const problems = isPlain ? plainProblems(planned) : [];
    return await confirmAndApply(
      { ...target, ...planned, diagnostics: [...diagnostics, ...problems, ...planned.diagnostics], sources },
      session,
      options,
      io,
    );
  } catch (error) {
    return failedBefore(error, session.stop, { diagnostics, sources });
  }
}

function plainProblems(planned: PlannedSession): readonly Diagnostic[] {
  const { unfinished } = planned.history;
  return [...rowlessProblems(planned), ...(unfinished === undefined ? [] : [unfinishedWarning(unfinished)])];
}

/** Carries out a plan that `medalc plan --out` saved, which says all that is needed. */
async function deploySaved(options: DeployOptions, io: Io): Promise<CommandResult> {
  const { path } = options;
  const saved = readSavedPlan(textAt(resolve(io.folder, path)) ?? "");
  const nothing = { diagnostics: [], sources: new Map() };
  if (saved === undefined) {
    return { ...nothing, diagnostics: [diagnostic("plan-unreadable", COMMAND_LINE, { path })], exitCode: EXIT.errors };
  }
  const { place, plan } = saved;
  const session = await openSession(place, plan.project, io);
  return confirmAndApply({ plan, kind: "deploy", ...nothing }, session, options, io);
}

function textAt(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

interface Target {
  readonly wanted: Wanted;
  readonly kind: Beginning["kind"];
  /** The id of the bundle that it leads to, where that was good before. */
  readonly target?: string;
}

/** What is brought about: the program, or what a deployment before was to lead to. */
async function targetOf(
  { resume, rollback }: DeployOptions,
  { stack: { records } }: Session,
  wanted: Wanted,
): Promise<Target> {
  const { project, environment } = wanted;
  const { unfinished } = await readHistory(records);
  if (resume === true) {
    if (unfinished === undefined) throw failure(diagnostic("deployment-nothing-to-resume", COMMAND_LINE, { project }));
    const { journal, bundle } = unfinished;
    const { kind, scope, bundle: target } = journal.begun;
    const select = scope.select && new Set(scope.select);
    const { objects, tables } = bundle;
    const resumed = { wanted: { project, environment, objects, tables, ...scope, select }, kind };
    return kind === "rollback" && target !== journal.id ? { ...resumed, target } : resumed;
  }
  if (rollback === true) {
    const stored = unfinished === undefined ? await bundleBefore(records) : await currentBundle(records);
    if (stored === undefined && unfinished === undefined) {
      throw failure(diagnostic("deployment-nothing-before", COMMAND_LINE, { project }));
    }
    const { objects, tables } = stored?.bundle ?? emptyBundle(project, environment);
    // A trigger that somebody held before the deployment began is held again.
    const ran = unfinished?.journal.begun.triggers ?? {};
    const before = objects.map((each) => {
      const runs = ran[keyOf(each)] ?? each.runs;
      return runs === undefined ? each : { ...each, runs };
    });
    const back = { project, environment, objects: before, tables, adopt: [], destroy: [] };
    return { wanted: back, kind: "rollback", ...(stored === undefined ? {} : { target: stored.id }) };
  }
  return { wanted, kind: "deploy" };
}
