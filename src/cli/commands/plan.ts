/** `medalc plan`: shows what a deployment would change, and its effects on data. */
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { COMMAND_LINE } from "../../config/environment.ts";
import { isEmptyPlan, savedPlanText } from "../../deploy/deploy-plan.ts";
import { type Diagnostic, diagnostic, hasErrors } from "../../diagnostics/diagnostic.ts";
import { type CommandResult, EXIT } from "../command.ts";
import {
  failureResult,
  openSession,
  planData,
  planSession,
  planTextFor,
  rowlessProblems,
  unfinishedWarning,
} from "../deploy-session.ts";
import { type DeployableOptions, loadDeployable } from "../deploy-target.ts";
import type { Io } from "../io.ts";
import { fileHint } from "../system-errors.ts";

export interface PlanOptions extends DeployableOptions {
  /** The file to save the plan to. */
  readonly out?: string;
  /** Whether the exit code reports changes. */
  readonly detailedExitcode?: boolean;
}

export async function plan(options: PlanOptions, io: Io): Promise<CommandResult> {
  const { diagnostics, sources, ready } = await loadDeployable(options, io);
  if (ready === undefined) return { diagnostics, sources };
  const { place, wanted } = ready;
  const session = await openSession(place, wanted, io);
  try {
    const planned = await planSession(session, wanted);
    const { plan: made, history } = planned;
    const unfinished = history.unfinished === undefined ? [] : [unfinishedWarning(history.unfinished)];
    const all = [...diagnostics, ...planned.diagnostics, ...rowlessProblems(planned), ...unfinished];
    const answer = { text: planTextFor(made, io.stdout), data: planData(made) };
    if (hasErrors(all)) return { diagnostics: all, sources, answer, exitCode: EXIT.errors };
    const exitCode = options.detailedExitcode === true && !isEmptyPlan(made) ? EXIT.changes : EXIT.ok;
    const { out } = options;
    if (out === undefined) return { diagnostics: all, sources, answer, exitCode };
    const problem = save(resolve(io.folder, out), out, savedPlanText({ place, plan: made }));
    if (problem !== undefined) return { diagnostics: [...all, problem], sources, answer, exitCode: EXIT.errors };
    return {
      diagnostics: all,
      sources,
      answer,
      closing: `Saved the plan to ${out}; apply it with \`medalc deploy ${out}\``,
      exitCode,
    };
  } catch (error) {
    return failureResult(error, session.stop, { diagnostics, sources });
  }
}

/** Replaces the file atomically, so that a failed write keeps the old one. Readable only by its owner. */
function save(file: string, path: string, text: string): Diagnostic | undefined {
  const temporary = `${file}.${process.pid}.part`;
  try {
    writeFileSync(temporary, text, { mode: 0o600 });
    renameSync(temporary, file);
    return undefined;
  } catch (error) {
    rmSync(temporary, { force: true });
    if (!(error instanceof Error && "syscall" in error)) throw error;
    return diagnostic("unwritable-file", COMMAND_LINE, { path, problem: error.message }, fileHint(error));
  }
}
