/** `medalc deploy`: brings an environment to what the program, a saved plan or an earlier deployment says. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { COMMAND_LINE } from "../../config/environment.ts";
import { isEmptyPlan, readSavedPlan } from "../../deploy/deploy-plan.ts";
import { type History, readHistory } from "../../deploy/deployment.ts";
import { resumed, rolledBack, type Target, type Wanted } from "../../deploy/target.ts";
import { type Diagnostic, diagnostic } from "../../diagnostics/diagnostic.ts";
import { isFileError } from "../../runner/errors.ts";
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
import { type DeployableOptions, loadDeployable } from "../deploy-target.ts";
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
    const history = await readHistory(session.stack.records);
    const target = await targetOf(options, session, ready.wanted, history);
    const planned = await planSession(session, target.wanted, history);
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
  const text = textAt(resolve(io.folder, path));
  const saved = text === undefined ? undefined : readSavedPlan(text);
  const nothing = { diagnostics: [], sources: new Map() };
  if (saved === undefined) {
    const code = text === undefined ? "unknown-path" : "plan-unreadable";
    return { ...nothing, diagnostics: [diagnostic(code, COMMAND_LINE, { path })], exitCode: EXIT.errors };
  }
  const { place, plan } = saved;
  const session = await openSession(place, plan.project, io);
  try {
    // A plan without steps may still end a deployment that broke off.
    const known = isEmptyPlan(plan) ? { history: await readHistory(session.stack.records) } : {};
    return await confirmAndApply({ plan, kind: "deploy", ...known, ...nothing }, session, options, io);
  } catch (error) {
    return failedBefore(error, session.stop, nothing);
  }
}

/** Undefined where there is no such file. */
function textAt(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isFileError(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
}

/** What is brought about: the program, or what a deployment before was to lead to. */
async function targetOf(
  { resume, rollback }: DeployOptions,
  { stack }: Session,
  wanted: Wanted,
  history: History,
): Promise<Target> {
  if (resume === true) return resumed(history, wanted);
  return rollback === true ? rolledBack(stack.records, history, wanted) : { wanted, kind: "deploy" };
}
