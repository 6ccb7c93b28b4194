/**
 * What the commands that deploy have in common once the program is known: an identity, the services, a plan that is
 * shown, asked about and carried out, and what is said at the end.
 */
import { hostname } from "node:os";
import { COMMAND_LINE } from "../config/environment.ts";
import { type DeployPlan, isEmptyPlan } from "../deploy/deploy-plan.ts";
import { deploy, type History, type Report, type Unfinished } from "../deploy/deployment.ts";
import type { Place } from "../deploy/endpoints.ts";
import type { Beginning } from "../deploy/journal.ts";
import { doneSummary, renderPlan, SERVICE_NAMES, type Sign, stepText } from "../deploy/render.ts";
import { defaultCredential } from "../deploy/services/credentials.ts";
import { connectStack, type Stack } from "../deploy/stack.ts";
import { type PlannedTarget, planTarget, type Wanted } from "../deploy/target.ts";
import { type Diagnostic, diagnostic, hasErrors } from "../diagnostics/diagnostic.ts";
import { isFailure } from "../runner/errors.ts";
import type { SourceFile } from "../source.ts";
import { type CommandResult, type CommonOptions, EXIT } from "./command.ts";
import { createDeployProgress, createWaitTeller, sayingWhatFor } from "./deploy-progress.ts";
import type { Io, Output } from "./io.ts";
import { counted } from "./pluralize.ts";
import { secondsText } from "./run-progress.ts";

/** Beside the options that every command has. */
export interface SessionOptions extends CommonOptions {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

export interface Session {
  readonly stack: Stack;
  readonly stop: AbortSignal;
  /** From now on an interrupt ends no request: steps that are at work are seen to their end. */
  hold(): void;
  readonly output: Output;
}

const STOPPING = "stopping: what is at work is seen to its end; interrupt once more to break off\n";

/** Connects to the services; nothing is asked of them yet. An interrupt aborts what is under way until `hold`. */
export async function openSession(place: Place, project: string, io: Io): Promise<Session> {
  const stop = io.stopSignal();
  const halt = new AbortController();
  const end = (): void => halt.abort(stop.reason);
  stop.addEventListener("abort", end, { once: true });
  const stack = connectStack({
    place,
    project,
    credential: await defaultCredential(place.cloud),
    signal: halt.signal,
    onWait: createWaitTeller(io.stderr),
  });
  const hold = (): void => {
    stop.removeEventListener("abort", end);
    stop.addEventListener("abort", () => io.stderr.write(STOPPING), { once: true });
  };
  return { stack, stop, hold, output: io.stderr };
}

export interface PlannedSession extends PlannedTarget {
  /** Of the tables whose rows are to be removed, those that have none and that nothing makes. */
  readonly rowless: readonly string[];
}

/** Reads what there is and compares. `known`: the history, where it was read before. */
export async function planSession(
  { stack, output }: Session,
  wanted: Wanted,
  known?: History,
): Promise<PlannedSession> {
  const planned = await sayingWhatFor(askingText(stack), output, () => planTarget(stack, wanted, known));
  const there = new Set(planned.actual.flatMap(({ kind, name }) => (kind === "table" ? [name] : [])));
  const made = new Set(wanted.tables.map(({ name }) => name));
  return { ...planned, rowless: wanted.destroy.filter((table) => !there.has(table) && !made.has(table)) };
}

/** `asking Storage, Data Factory what there is` */
export function askingText({ clients }: Stack): string {
  return `asking ${[...clients.keys()].map((service) => SERVICE_NAMES[service]).join(", ")} what there is`;
}

/** What is wrong with names of tables whose rows are to be removed. */
export function rowlessProblems({ plan: { environment }, rowless }: PlannedSession): readonly Diagnostic[] {
  return rowless.map((table) => diagnostic("plan-table-unknown", COMMAND_LINE, { table, environment }));
}

/** Says that the last deployment did not end well, and how to go on. */
export function unfinishedWarning({ journal }: Unfinished): Diagnostic {
  const { id, begun, done, open, ended } = journal;
  const stopped = Object.keys(begun.triggers).filter((key) =>
    [...done, ...open].some((step) => step.action === "stop" && step.key === key),
  );
  const triggers = ended !== undefined || stopped.length === 0 ? "" : `; ${stopped.join(", ")} may stand still`;
  const how = ended === undefined ? "has not ended, it broke off or is at work," : "failed";
  return diagnostic("deployment-unfinished", COMMAND_LINE, {
    ...{ id, identity: begun.identity, how, done: done.length, triggers },
  });
}

/** What may be shown of a failure of the services; a mistake of ours is thrown on. */
export function failedBefore(
  error: unknown,
  stop: AbortSignal,
  { diagnostics, sources }: Pick<CommandResult, "diagnostics" | "sources">,
): CommandResult {
  if (stop.aborted) {
    const closing = "stopped before anything was changed";
    return { diagnostics, sources, closing, exitCode: EXIT.failed };
  }
  if (!isFailure(error)) throw error;
  return { diagnostics: [...diagnostics, ...error.diagnostics], sources, exitCode: EXIT.errors };
}

export interface ToApply {
  readonly plan: DeployPlan;
  readonly kind: Beginning["kind"];
  /** The id of the bundle that it leads to, where that was good before. */
  readonly target?: string;
  /** What deployments before have left; a saved plan does not say. */
  readonly history?: History;
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: ReadonlyMap<string, SourceFile>;
}

const VERBS: Readonly<Record<Beginning["kind"], string>> = {
  deploy: "deploy to",
  rollback: "roll back",
  destroy: "destroy what is deployed to",
};

/** What going back does not bring back. */
function rowsStay(target: string | undefined): string {
  const where =
    target === undefined ? "what was there before the first deployment" : `what deployment ${target} led to`;
  return `This goes back to ${where}: to its definitions. Rows that runs have written since stay as they are until their tables are built again.`;
}

/** `Deploy to prod? Type yes to go on: ` */
function question(kind: Beginning["kind"], environment: string): string {
  const verb = VERBS[kind];
  return `${verb.charAt(0).toUpperCase()}${verb.slice(1)} ${environment}? Type yes to go on: `;
}

/** Shows a plan without errors, asks, carries it out and reports. */
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
  // Of one that broke off all may be done but the last note of it.
  if (isEmptyPlan(plan) && history?.unfinished === undefined) return { diagnostics, sources, answer };
  if (options.dryRun === true) return { diagnostics, sources, answer, closing: "nothing was changed" };
  const isText = options.format === "text";
  if (isText) io.stdout.write(kind === "rollback" ? `${shown}\n${rowsStay(target)}\n` : shown);
  const { environment } = plan;
  if (options.yes !== true) {
    // Nobody agrees to what was not shown.
    if (isText) io.stderr.write("\n");
    const said = isText ? await io.ask(question(kind, environment)) : undefined;
    if (said === undefined) {
      const problem = diagnostic("deploy-unconfirmed", COMMAND_LINE, { action: VERBS[kind], environment });
      return { diagnostics: [...diagnostics, problem], sources, answer: { ...answer, text: "" } };
    }
    if (said.trim() !== "yes") {
      return { diagnostics, sources, closing: "nothing was changed", exitCode: EXIT.errors };
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
    // That the last one has not ended is no news where it is at work.
    const isLocked = isFailure(error) && error.diagnostics.some(({ code }) => code === "deployment-locked");
    const known = isLocked ? diagnostics.filter(({ code }) => code !== "deployment-unfinished") : diagnostics;
    return failedBefore(error, session.stop, { diagnostics: known, sources });
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
  const said = [...diagnostics, ...failed.flatMap((each) => each.diagnostics), ...problems];
  if (isDone) {
    const text = `${doneSummary(plan)}\n`;
    const closing = [...leftText(plan), `deployment ${id}, ${secondsText(seconds)}`].join("\n");
    return { diagnostics: said, sources, answer: { text, data }, closing };
  }
  const all = [
    ...said,
    ...(stop.aborted && left.length > 0 ? [diagnostic("deployment-stopped", COMMAND_LINE, { left: left.length })] : []),
    ...(still.length > 0
      ? [diagnostic("deployment-triggers-still", COMMAND_LINE, { triggers: still.join(", ") })]
      : []),
  ];
  const lines = [
    `deployment ${id} did ${done.length} of ${counted(plan.steps.length, "step")}, ${secondsText(seconds)}`,
    ...listed("done", done.map(stepText)),
    ...listed(
      "failed",
      failed.map(({ step }) => stepText(step)),
    ),
    ...listed("not done", left.map(stepText)),
    ...(restored.length === 0 ? [] : [`runs again: ${restored.join(", ")}`]),
    ...(held.length === 0 ? [] : [`stands still again: ${held.join(", ")}`]),
    "`medalc deploy --resume` goes on, `medalc deploy --rollback` goes back to the last good deployment",
  ];
  return { diagnostics: all, sources, answer: { text: "", data }, closing: lines.join("\n"), exitCode: EXIT.failed };
}

/** What is no longer wanted and stays all the same, because it is not only the project's. */
function leftText({ warnings }: DeployPlan): readonly string[] {
  const folders = warnings.flatMap(({ kind, key }) => (kind === "folder" ? [`  ${key}`] : []));
  const others = warnings.flatMap(({ kind, key }) => (kind === "foreign" || kind === "copy" ? [`  ${key}`] : []));
  return [
    ...(folders.length === 0 ? [] : ["folders that stay, because something of others is in them:", ...folders]),
    ...(others.length === 0 ? [] : ["not made by a deployment of this project, so left as it is:", ...others]),
  ];
}

function listed(what: string, steps: readonly string[]): readonly string[] {
  return steps.length === 0 ? [] : [`${what}:`, ...steps.map((step) => `  ${step}`)];
}

/** The fields of `--json`: what is to be done, without the bodies. */
export function planData(plan: DeployPlan): Readonly<Record<string, unknown>> {
  const { project, environment, changes, unchanged, blocked, warnings, steps } = plan;
  return { project, environment, changes, unchanged, blocked, warnings, steps };
}

const COLORS: Readonly<Record<Sign, number>> = { "+": 32, "~": 33, "-": 31, "!": 33 };

export function planTextFor(plan: DeployPlan, output: Output): string {
  if (!output.hasColor) return renderPlan(plan);
  return renderPlan(plan, { paint: (sign, text) => `\u001b[${COLORS[sign]}m${text}\u001b[0m` });
}
