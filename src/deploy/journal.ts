/**
 * The journal of a deployment: each step and its result, as lines of JSON in an append blob, `journals/<id>.jsonl`. A line
 * is durable when its call returns, so a step that is not in the journal was not started, and one without a result may or
 * may not have been done. Lines of concurrent steps are written in one request.
 */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { isDeploymentId, journalFile, parseRecord, unreadable } from "./bundle.ts";
import { isScope, type Scope } from "./deploy-plan.ts";
import { isKey } from "./deployment-record.ts";
import { isObject, isText, type JsonObject, propertiesOf, textOf } from "./json.ts";
import { leaseLost } from "./lease.ts";
import type { Json, ObjectKey } from "./object.ts";
import type { Records } from "./services/records.ts";

export interface Beginning {
  /** The scope of the plan. */
  readonly plan: string;
  /** The id of the target bundle. */
  readonly bundle: string;
  readonly kind: "deploy" | "rollback" | "destroy";
  readonly scope: Scope;
  /** The existing triggers, and whether they ran before the deployment. */
  readonly triggers: Readonly<Record<ObjectKey, boolean>>;
  /** The id of the interrupted deployment that this one resumes. */
  readonly resumes?: string;
  /** The deploying identity, and the start time. */
  readonly identity: string;
  readonly at: string;
}

/** An action on an object: `create`, `stop`. */
export interface JournalStep {
  readonly action: string;
  readonly key: ObjectKey;
}

/** `failed`: some steps are not done, and the triggers are in their previous state. */
export type Outcome = "done" | "failed";

export interface Problem {
  readonly code: string;
  readonly message: string;
}

export interface JournalWriter {
  readonly id: string;
  /** Records the start of a step; the step may start when it returns. */
  before(step: JournalStep): Promise<void>;
  /** Records the result. Of diagnostics the code and the message are stored, which contain no secrets. */
  after(step: JournalStep, problem?: Diagnostic): Promise<void>;
  end(outcome: Outcome): Promise<void>;
}

export interface Journal {
  readonly id: string;
  readonly begun: Beginning;
  readonly done: readonly JournalStep[];
  readonly failed: readonly (JournalStep & { readonly problem: Problem })[];
  /** Started, with an unknown result. */
  readonly open: readonly JournalStep[];
  /** Undefined if the deployment was interrupted. */
  readonly ended: Outcome | undefined;
}

type Line =
  | { readonly kind: "before"; readonly step: JournalStep }
  | { readonly kind: "after"; readonly step: JournalStep; readonly problem?: Problem }
  | { readonly kind: "ended"; readonly outcome: Outcome };

/** Starts the journal of a deployment. Requires the lease and an id of `nextDeployment`. */
export async function beginJournal(records: Records, id: string, begun: Beginning): Promise<JournalWriter> {
  const name = journalFile(id);
  // An attempt whose response was lost may have created it: compare the content.
  await records.begin(name);
  const append = createAppender(records, name);
  await append(lineOf({ version: 1, ...begun }));
  return {
    id,
    before: (step) => append(lineOf({ kind: "before", step: stepOf(step) })),
    after: (step, problem) =>
      append(
        lineOf({
          kind: "after",
          step: stepOf(step),
          ...(problem ? { problem: { code: problem.code, message: problem.message } } : {}),
        }),
      ),
    end: (outcome) => append(lineOf({ kind: "ended", outcome })),
  };
}

function stepOf({ action, key }: JournalStep): JournalStep {
  return { action, key };
}

function lineOf(line: object): string {
  return `${JSON.stringify(line)}\n`;
}

/** Appends texts; those that arrive during a request are sent together in the next one. */
function createAppender(records: Records, name: string): (text: string) => Promise<void> {
  let at = 0;
  /** Text that is not yet confirmed as written. */
  let pending = "";
  let turn: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;

  const flush = async (): Promise<void> => {
    while (pending !== "") {
      const block = pending;
      if (!(await records.append(name, block, at))) {
        // An attempt whose response was lost has already written it or a part of it, or somebody else writes.
        const there = Buffer.from((await records.read(name))?.text ?? "").subarray(at);
        const text = there.toString("utf8");
        if (text === "" || !block.startsWith(text)) throw leaseLost(records, `somebody else writes to ${name}`);
        at += there.length;
        pending = pending.slice(text.length);
        continue;
      }
      at += Buffer.byteLength(block);
      pending = pending.slice(block.length);
    }
  };

  return (text) => {
    pending += text;
    next ??= turn.then(() => {
      next = undefined;
      return flush();
    });
    const written = next;
    turn = written.catch(() => undefined);
    return written;
  };
}

/** The journal of the last deployment; undefined if there was none. */
export async function lastJournal(records: Records): Promise<Journal | undefined> {
  for (const name of [...(await records.list("journals"))].reverse()) {
    const id = /^journals\/(\d{6,})\.jsonl$/.exec(name)?.[1];
    const journal = id === undefined ? undefined : await readJournal(records, id);
    if (journal !== undefined) return journal;
  }
  return undefined;
}

/** Undefined if the deployment had not started. An incomplete last line is ignored. */
export async function readJournal(records: Records, id: string): Promise<Journal | undefined> {
  const name = journalFile(id);
  const stored = await records.read(name);
  const [first, ...lines] = (stored?.text ?? "").split("\n").slice(0, -1);
  if (first === undefined) return undefined;
  const begun = parseRecord(records, name, first);
  if (!isBeginning(begun, id)) throw unreadable(records, name, "its first line is not the start of a deployment");

  const open = new Map<string, JournalStep>();
  const done = new Map<string, JournalStep>();
  const failed = new Map<string, JournalStep & { readonly problem: Problem }>();
  let ended: Outcome | undefined;
  for (const text of lines) {
    const line = parseLine(text);
    switch (line?.kind) {
      case "before":
        failed.delete(idOf(line.step));
        open.set(idOf(line.step), line.step);
        break;
      case "after":
        open.delete(idOf(line.step));
        if (line.problem === undefined) done.set(idOf(line.step), line.step);
        else failed.set(idOf(line.step), { ...line.step, problem: line.problem });
        break;
      case "ended":
        ended = line.outcome;
        break;
      case undefined:
        throw unreadable(records, name, "one of its lines is not a valid journal entry");
      default:
        return line satisfies never;
    }
  }
  return { id, begun, done: [...done.values()], failed: [...failed.values()], open: [...open.values()], ended };
}

function idOf({ action, key }: JournalStep): string {
  return `${action} ${key}`;
}

const BEGINNINGS: readonly Json[] = ["deploy", "rollback", "destroy"] satisfies Beginning["kind"][];

function isBeginning(record: JsonObject, id: string): record is JsonObject & Beginning {
  const { plan, bundle, kind, scope, triggers, resumes, identity, at } = record;
  const isNamed = isText(plan) && isDeploymentId(bundle) && BEGINNINGS.includes(kind ?? null);
  const isDescribed = isNamed && isText(identity) && isText(at);
  // Resuming an earlier one only, so that following them ends.
  const isEarlier = resumes === undefined || (isDeploymentId(resumes) && Number(resumes) < Number(id));
  return isDescribed && isEarlier && isScope(scope) && isTriggers(triggers);
}

function isTriggers(value: Json | undefined): boolean {
  return isObject(value) && Object.entries(value).every(([key, runs]) => isKey(key) && typeof runs === "boolean");
}

function parseLine(text: string): Line | undefined {
  const { kind, step: said, outcome, problem } = propertiesOf(parsed(text));
  if (kind === "ended") {
    return outcome === "done" || outcome === "failed" ? { kind, outcome } : undefined;
  }
  const { action, key } = propertiesOf(said);
  if (!isText(action) || !isText(key) || !isKey(key)) return undefined;
  const step = { action, key };
  if (kind === "before") return { kind, step };
  if (kind !== "after") return undefined;
  if (problem === undefined) return { kind, step };
  const { code, message } = propertiesOf(problem);
  return { kind, step, problem: { code: textOf(code) ?? "", message: textOf(message) ?? "" } };
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
