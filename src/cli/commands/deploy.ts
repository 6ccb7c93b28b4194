/** `medalc deploy`: deploys the program, a saved plan or an earlier deployment to an environment. */
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
  failureResult,
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
  /** Continue the last deployment if it did not complete. */
  readonly resume?: boolean;
  /** Restore the last successful deployment; if the last one was successful, the one before it. */
  readonly rollback?: boolean;
}

export async function deploy(options: DeployOptions, io: Io): Promise<CommandResult> {
  if (isSavedPlan(options.path)) return deploySaved(options, io);
  const { diagnostics, sources, ready } = await loadDeployable(options, io);
  if (ready === undefined) return { diagnostics, sources };
  const session = await openSession(ready.place, ready.wanted, io);
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
    return failureResult(error, session.stop, { diagnostics, sources });
  }
}

function plainProblems(planned: PlannedSession): readonly Diagnostic[] {
  const { unfinished } = planned.history;
  return [...rowlessProblems(planned), ...(unfinished === undefined ? [] : [unfinishedWarning(unfinished)])];
}

/** Applies a plan saved by `medalc plan --out`, which contains everything needed. */
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
  const session = await openSession(place, plan, io);
  try {
    // A plan without steps can still complete an interrupted deployment.
    const known = isEmptyPlan(plan) ? { history: await readHistory(session.stack.records) } : {};
    return await confirmAndApply({ plan, kind: "deploy", ...known, ...nothing }, session, options, io);
  } catch (error) {
    return failureResult(error, session.stop, nothing);
  }
}

/** Undefined if the file does not exist. */
function textAt(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isFileError(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
}

/** The target state: the program, or that of an earlier deployment. */
async function targetOf(
  { resume, rollback }: DeployOptions,
  { stack }: Session,
  wanted: Wanted,
  history: History,
): Promise<Target> {
  if (resume === true) return resumed(history, wanted);
  return rollback === true ? rolledBack(stack.records, history, wanted) : { wanted, kind: "deploy" };
}
