/**
 * Stores bundles: a deployment writes its target state as `bundles/<id>.json` before its first step, and adds it to
 * `current.json` when it has completed. So the last bundle in `current.json` is that of the last successful deployment.
 */
import { COMMAND_LINE } from "../config/environment.ts";
import { diagnostic } from "../diagnostics/diagnostic.ts";
import { type Failure, failure, messageOf } from "../runner/errors.ts";
import { type Bundle, bundleText, readBundle } from "./deployment-record.ts";
import { isList, isText, type JsonObject, propertiesOf } from "./json.ts";
import type { Json } from "./object.ts";
import type { Records } from "./services/records.ts";

export interface StoredBundle {
  /** The id of the deployment; ids increase. */
  readonly id: string;
  readonly bundle: Bundle;
}

/** The number of bundles and journals to keep. */
const KEPT = 20;
const CURRENT = "current.json";
const VERSION = 1;

/** A new deployment id, greater than all others. Unique while the lease is held. */
export async function nextDeployment(records: Records): Promise<string> {
  const numbers = (await deployments(records)).map(Number);
  return String(Math.max(0, ...numbers) + 1).padStart(6, "0");
}

export async function storeBundle(records: Records, { id, bundle }: StoredBundle): Promise<void> {
  await records.write(fileOf(id), bundleText(bundle));
}

/**
 * Records a stored bundle as the last successful one. A bundle that is already in the list truncates it, so that the next
 * rollback restores the one before it. Old bundles are removed.
 */
export async function makeCurrent(records: Records, id: string): Promise<void> {
  const before = await goodIds(records);
  const at = before.indexOf(id);
  const good = [...(at < 0 ? before : before.slice(0, at)), id].slice(-KEPT);
  await records.write(CURRENT, `${JSON.stringify({ version: VERSION, good })}\n`);
  const all = await deployments(records);
  const young = new Set([...good, ...all.slice(-KEPT)]);
  for (const old of all.filter((each) => !young.has(each))) {
    await records.remove(fileOf(old));
    await records.remove(journalFile(old));
  }
}

/** The last successful bundle; undefined before the first successful deployment. */
export async function currentBundle(records: Records): Promise<StoredBundle | undefined> {
  return goodBundle(records, -1);
}

/** The empty bundle: the state after everything was destroyed, and before the first deployment. */
export function emptyBundle(project: string, environment: string): Bundle {
  return { version: 1, project, environment, objects: [], tables: [] };
}

/** The successful bundle before the last one. */
export async function bundleBefore(records: Records): Promise<StoredBundle | undefined> {
  return goodBundle(records, -2);
}

/** The last successful bundle that differs from the current one. */
export async function otherBundleBefore(records: Records): Promise<StoredBundle | undefined> {
  const current = await currentBundle(records);
  for (let at = -2; ; at--) {
    const before = await goodBundle(records, at);
    // A deployment that only repaired drift has an equal bundle, which is not a target for a rollback.
    if (before === undefined || !current || bundleText(before.bundle) !== bundleText(current.bundle)) return before;
  }
}

/** Undefined if it does not exist: it is too old, or its deployment was interrupted before writing it. */
export async function loadBundle(records: Records, id: string): Promise<StoredBundle | undefined> {
  const stored = await records.read(fileOf(id));
  if (stored === undefined) return undefined;
  const bundle = readBundle(stored.text);
  if (bundle === undefined) throw unreadable(records, fileOf(id), "it is not a bundle of this version of medalc");
  return { id, bundle };
}

async function goodBundle(records: Records, at: number): Promise<StoredBundle | undefined> {
  const id = (await goodIds(records)).at(at);
  if (id === undefined) return undefined;
  const stored = await loadBundle(records, id);
  if (stored === undefined) throw unreadable(records, CURRENT, `it references ${fileOf(id)}, which does not exist`);
  return stored;
}

/** The ids of the successful bundles, the last one at the end. */
async function goodIds(records: Records): Promise<readonly string[]> {
  const stored = await records.read(CURRENT);
  if (stored === undefined) return [];
  const { good } = parseRecord(records, CURRENT, stored.text);
  if (!isList(good) || !good.every(isDeploymentId)) throw unreadable(records, CURRENT, "it lists no bundles");
  return good;
}

/** Whether a value is the id of a deployment, `000042`. */
export function isDeploymentId(value: Json | undefined): value is string {
  return isText(value) && /^\d{6,}$/.test(value);
}

/** The file of a deployment's journal. */
export function journalFile(id: string): string {
  return `journals/${id}.jsonl`;
}

/** The properties of a record of this version; throws a failure with `deployment-record-unreadable`. */
export function parseRecord(records: Records, name: string, text: string): JsonObject {
  const record = parsed(records, name, text);
  if (record.version !== VERSION)
    throw unreadable(records, name, "its version is not supported by this version of medalc");
  return record;
}

function parsed(records: Records, name: string, text: string): JsonObject {
  try {
    return propertiesOf(JSON.parse(text));
  } catch (error) {
    throw unreadable(records, name, messageOf(error));
  }
}

export function unreadable(records: Records, name: string, problem: string): Failure {
  return failure(diagnostic("deployment-record-unreadable", COMMAND_LINE, { path: records.pathOf(name), problem }));
}

function fileOf(id: string): string {
  return `bundles/${id}.json`;
}

/** The ids of all deployments with records, in order. */
async function deployments(records: Records): Promise<readonly string[]> {
  const names = [...(await records.list("bundles")), ...(await records.list("journals"))];
  const ids = names.flatMap((name) => /^(?:bundles|journals)\/(\d{6,})\.jsonl?$/.exec(name)?.[1] ?? []);
  return [...new Set(ids)].sort((a, b) => Number(a) - Number(b));
}
