/**
 * The common part of the commands that deploy: sign in, connect to the services, print the plan, ask for confirmation,
 * apply it and report the result.
 */
import { hostname } from "node:os";
import { COMMAND_LINE } from "../config/environment.ts";
import { type DeployPlan, isEmptyPlan } from "../deploy/deploy-plan.ts";
import { deploy, type History, type Report, type Unfinished } from "../deploy/deployment.ts";
import type { Place } from "../deploy/endpoints.ts";
import type { Beginning } from "../deploy/journal.ts";
import type { Owner } from "../deploy/ownership.ts";
import { doneSummary, renderPlan, SERVICE_NAMES, type Sign, stepText } from "../deploy/render.ts";
import { defaultCredential } from "../deploy/services/credentials.ts";
import { connectStack, type Stack } from "../deploy/stack.ts";
import { type PlannedTarget, planTarget, type Wanted } from "../deploy/target.ts";
import { type Diagnostic, diagnostic, hasErrors } from "../diagnostics/diagnostic.ts";
import { isFailure } from "../runner/errors.ts";
import type { SourceFile } from "../source.ts";
import { type CommandResult, type CommonOptions, EXIT } from "./command.ts";
import { announceIfSlow, createDeployProgress, createWaitReporter } from "./deploy-progress.ts";
import type { Io, Output } from "./io.ts";
import { counted } from "./pluralize.ts";
import { secondsText } from "./run-progress.ts";

/** In addition to the common options. */
export interface SessionOptions extends CommonOptions {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

export interface Session {
  readonly stack: Stack;
  readonly stop: AbortSignal;
  /** From now on an interrupt does not abort requests: running steps are finished first. */
  hold(): void;
  readonly output: Output;
}

const STOPPING = "Stopping after the running steps; interrupt again to abort immediately\n";

/** Sets up the connections, without sending requests yet. An interrupt aborts running requests until `hold` is called. */
export async function openSession(place: Place, owner: Owner, io: Io): Promise<Session> {
  const stop = io.stopSignal();
  const halt = new AbortController();
  const end = (): void => halt.abort(stop.reason);
  stop.addEventListener("abort", end, { once: true });
  const stack = connectStack({
    place,
    owner: { project: owner.project, environment: owner.environment },
    credential: await defaultCredential(place.cloud),
    signal: halt.signal,
    onWait: createWaitReporter(io.stderr),
  });
  const hold = (): void => {
    stop.removeEventListener("abort", end);
    stop.addEventListener("abort", () => io.stderr.write(STOPPING), { once: true });
  };
  return { stack, stop, hold, output: io.stderr };
}

export interface PlannedSession extends PlannedTarget {
  /** The tables of `--allow-destroy` that have no rows in the lake and are not declared in the program. */
  readonly rowless: readonly string[];
}

/** Reads the actual state and plans the changes. `known`: the history, if it was already read. */
export async function planSession(
  { stack, output }: Session,
  wanted: Wanted,
  known?: History,
): Promise<PlannedSession> {
  const planned = await announceIfSlow(readingText(stack), output, () => planTarget(stack, wanted, known));
  const there = new Set(planned.actual.flatMap(({ kind, name }) => (kind === "table" ? [name] : [])));
  const made = new Set(wanted.tables.map(({ name }) => name));
  return { ...planned, rowless: wanted.destroy.filter((table) => !there.has(table) && !made.has(table)) };
}

/** `Reading the current state of Storage, Data Factory` */
export function readingText({ clients }: Stack): string {
  return `Reading the current state of ${[...clients.keys()].map((service) => SERVICE_NAMES[service]).join(", ")}`;
}

/** The errors for tables of `--allow-destroy` that have no rows. */
export function rowlessProblems({ plan: { environment }, rowless }: PlannedSession): readonly Diagnostic[] {
  return rowless.map((table) => diagnostic("plan-table-unknown", COMMAND_LINE, { table, environment }));
}

/** Warns that the last deployment did not complete, and how to continue. */
export function unfinishedWarning({ journal }: Unfinished): Diagnostic {
  const { id, begun, done, open, ended } = journal;
  const stopped = Object.keys(begun.triggers).filter((key) =>
    [...done, ...open].some((step) => step.action === "stop" && step.key === key),
  );
  const triggers = ended !== undefined || stopped.length === 0 ? "" : `; ${stopped.join(", ")} may be stopped`;
  const how = ended === undefined ? "is in progress or was interrupted" : "failed";
  return diagnostic("deployment-unfinished", COMMAND_LINE, {
    ...{ id, identity: begun.identity, how, done: done.length, triggers },
  });
}

/** The result for a failure of the services. A bug is rethrown. */
export function failureResult(
  error: unknown,
  stop: AbortSignal,
  { diagnostics, sources }: Pick<CommandResult, "diagnostics" | "sources">,
): CommandResult {
  if (stop.aborted) {
    const closing = "Interrupted before anything was changed";
    return { diagnostics, sources, closing, exitCode: EXIT.failed };
  }
  if (!isFailure(error)) throw error;
  return { diagnostics: [...diagnostics, ...error.diagnostics], sources, exitCode: EXIT.errors };
}

export interface ToApply {
  readonly plan: DeployPlan;
  readonly kind: Beginning["kind"];
  /** The id of the bundle that it restores, if it was deployed successfully before. */
  readonly target?: string;
  /** The earlier deployments; unknown for a saved plan. */
  readonly history?: History;
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: ReadonlyMap<string, SourceFile>;
}

const VERBS: Readonly<Record<Beginning["kind"], string>> = {
  deploy: "deploy to",
  rollback: "roll back",
  destroy: "destroy the deployment in",
};

/** What a rollback does not restore. */
function rollbackNote(target: string | undefined): string {
  const where = target === undefined ? "the state before the first deployment" : `deployment ${target}`;
  return `This restores the definitions of ${where}. Rows written by runs since then are kept until their tables are rebuilt.`;
}

/** `Deploy to prod? Type yes to continue: ` */
function question(kind: Beginning["kind"], environment: string): string {
  const verb = VERBS[kind];
  return `${verb.charAt(0).toUpperCase()}${verb.slice(1)} ${environment}? Type yes to continue: `;
}

/** Prints the plan, asks for confirmation, applies it and reports the result. With errors, only prints. */
export async function confirmAndApply(
  { plan, kind, target, history, diagnostics, sources }: ToApply,
  session: Session,
  options: SessionOptions,
  io: Io,
): Promise<CommandResult> {
  const data = planData(plan);
  const shown = planTextFor(plan, io.stdout);
  const answer = { text: shown, data: { ...data, applied: false } };
  if (hasErrors(diagnostics)) return { diagnostics, sources, answer, exitCode: EXIT.errors };
  // An interrupted deployment may lack only its last journal entry, so it is applied even without steps.
  if (isEmptyPlan(plan) && history?.unfinished === undefined) return { diagnostics, sources, answer };
  if (options.dryRun === true) return { diagnostics, sources, answer, closing: "Dry run: nothing was changed" };
  const isText = options.format === "text";
  if (isText) io.stdout.write(kind === "rollback" ? `${shown}\n${rollbackNote(target)}\n` : shown);
  const { environment } = plan;
  if (options.yes !== true) {
    // The question is only asked if the plan was printed.
    if (isText) io.stderr.write("\n");
    const reply = isText ? await io.ask(question(kind, environment)) : undefined;
    if (reply === undefined) {
      const problem = diagnostic("deploy-unconfirmed", COMMAND_LINE, { action: VERBS[kind], environment });
      return { diagnostics: [...diagnostics, problem], sources, answer: { ...answer, text: "" } };
    }
    if (reply.trim() !== "yes") {
      return { diagnostics, sources, closing: "Cancelled: nothing was changed", exitCode: EXIT.errors };
    }
  }
  const start = performance.now();
  const progress = createDeployProgress(plan.steps.length, io.stderr);
  try {
    const holder = {
      identity: await session.stack.identity(),
      host: hostname(),
      process: process.pid,
      since: new Date().toISOString(),
    };
    session.hold();
    const report = await deploy({
      ...{ stack: session.stack, plan, kind, holder, stop: session.stop, onEvent: progress },
      ...(target === undefined ? {} : { target }),
    });
    const seconds = (performance.now() - start) / 1000;
    return reported(report, { plan, diagnostics, sources, stop: session.stop, seconds });
  } catch (error) {
    // If the last deployment holds the lock, it is in progress, and the warning that it may be is redundant.
    const isLocked = isFailure(error) && error.diagnostics.some(({ code }) => code === "deployment-locked");
    const known = isLocked ? diagnostics.filter(({ code }) => code !== "deployment-unfinished") : diagnostics;
    return failureResult(error, session.stop, { diagnostics: known, sources });
  }
}

interface Reporting {
  readonly plan: DeployPlan;
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: ReadonlyMap<string, SourceFile>;
  readonly stop: AbortSignal;
  readonly seconds: number;
}

function reported(report: Report, { plan, diagnostics, sources, stop, seconds }: Reporting): CommandResult {
  const { done, failed, left, problems, restored, held, still, isDone, id } = report;
  const steps = (all: readonly { readonly id: string }[]): readonly string[] => all.map((step) => step.id);
  const data = {
    ...planData(plan),
    ...{ applied: isDone, deployment: id, done: steps(done), failed: steps(failed.map(({ step }) => step)) },
    ...{ left: steps(left), restored, held, still, seconds },
  };
  const reports = [...diagnostics, ...report.warnings, ...failed.flatMap((each) => each.diagnostics), ...problems];
  if (isDone) {
    const text = `${doneSummary(plan)}\n`;
    const closing = [...leftText(plan), `Deployment ${id} completed in ${secondsText(seconds)}`].join("\n");
    return { diagnostics: reports, sources, answer: { text, data }, closing };
  }
  const all = [
    ...reports,
    ...(stop.aborted && left.length > 0 ? [diagnostic("deployment-stopped", COMMAND_LINE, { left: left.length })] : []),
    ...(still.length > 0
      ? [diagnostic("deployment-triggers-still", COMMAND_LINE, { triggers: still.join(", ") })]
      : []),
  ];
  const lines = [
    `Deployment ${id} failed: ${done.length} of ${counted(plan.steps.length, "step")} done, ${secondsText(seconds)}`,
    ...listed("done", done.map(stepText)),
    ...listed(
      "failed",
      failed.map(({ step }) => stepText(step)),
    ),
    ...listed("not started", left.map(stepText)),
    ...(restored.length === 0 ? [] : [`restarted: ${restored.join(", ")}`]),
    ...(held.length === 0 ? [] : [`stopped again: ${held.join(", ")}`]),
    "`medalc deploy --resume` continues, `medalc deploy --rollback` restores the last successful deployment",
  ];
  return { diagnostics: all, sources, answer: { text: "", data }, closing: lines.join("\n"), exitCode: EXIT.failed };
}

/** Objects that are no longer in the program but are kept, because they are not only the project's. */
function leftText({ warnings }: DeployPlan): readonly string[] {
  const folders = warnings.flatMap(({ kind, key }) => (kind === "folder" ? [`  ${key}`] : []));
  const others = warnings.flatMap(({ kind, key }) => (kind === "foreign" || kind === "copy" ? [`  ${key}`] : []));
  return [
    ...(folders.length === 0 ? [] : ["folders kept because they contain objects of others:", ...folders]),
    ...(others.length === 0 ? [] : ["kept because no deployment of this project created them:", ...others]),
  ];
}

function listed(what: string, steps: readonly string[]): readonly string[] {
  return steps.length === 0 ? [] : [`${what}:`, ...steps.map((step) => `  ${step}`)];
}

/** The fields of `--json`: the plan, without the bodies of the objects. */
export function planData(plan: DeployPlan): Readonly<Record<string, unknown>> {
  const { project, environment, changes, unchanged, blocked, warnings, steps } = plan;
  return { project, environment, changes, unchanged, blocked, warnings, steps };
}

const COLORS: Readonly<Record<Sign, number>> = { "+": 32, "~": 33, "-": 31, "!": 33 };

export function planTextFor(plan: DeployPlan, output: Output): string {
  if (!output.hasColor) return renderPlan(plan);
  return renderPlan(plan, { paint: (sign, text) => `\u001b[${COLORS[sign]}m${text}\u001b[0m` });
}
