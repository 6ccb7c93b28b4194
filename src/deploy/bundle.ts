/**
 * Where bundles lie: a deployment writes what it leads to as `bundles/<id>.json` before its first step, and `current.json`
 * names it once all is in place. So the current bundle is the last good one; the good ones before it are named with it.
 */
import { COMMAND_LINE } from "../config/environment.ts";
import { diagnostic } from "../diagnostics/diagnostic.ts";
import { type Failure, failure, messageOf } from "../runner/errors.ts";
import { type Bundle, bundleText, readBundle } from "./deployment-record.ts";
import { isList, type JsonObject, propertiesOf } from "./json.ts";
import type { Records } from "./services/records.ts";

export interface StoredBundle {
  /** The deployment's; later ones have later ids. */
  readonly id: string;
  readonly bundle: Bundle;
}

/** Good bundles, and journals, that are kept. */
const KEPT = 20;
const CURRENT = "current.json";
const VERSION = 1;

/** An id for a deployment: after those of all others. Under the lease nobody else takes it. */
export async function nextDeployment(records: Records): Promise<string> {
  const numbers = (await deployments(records)).map(Number);
  return String(Math.max(0, ...numbers) + 1).padStart(6, "0");
}

export async function storeBundle(records: Records, { id, bundle }: StoredBundle): Promise<void> {
  await records.write(fileOf(id), bundleText(bundle));
}

/**
 * Makes a stored bundle the last good one. One that was good before ends the list again: the bundle before it is what one
 * goes back to next. What is too old to go back to is removed.
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

/** The last good bundle; undefined before the first deployment has ended well. */
export async function currentBundle(records: Records): Promise<StoredBundle | undefined> {
  return goodBundle(records, -1);
}

/** One that nothing is deployed in: what is left after everything was destroyed, and what was there before the first. */
export function emptyBundle(project: string, environment: string): Bundle {
  return { version: 1, project, environment, objects: [], tables: [] };
}

/** The good bundle before the last. */
export async function bundleBefore(records: Records): Promise<StoredBundle | undefined> {
  return goodBundle(records, -2);
}

/** The good bundle before the last that says something else. */
export async function otherBundleBefore(records: Records): Promise<StoredBundle | undefined> {
  const current = await currentBundle(records);
  for (let at = -2; ; at--) {
    const before = await goodBundle(records, at);
    // What somebody had changed by hand was put right: nothing to go back to.
    if (before === undefined || !current || bundleText(before.bundle) !== bundleText(current.bundle)) return before;
  }
}

/** Undefined where there is none: it is too old, or its deployment broke off before. */
export async function loadBundle(records: Records, id: string): Promise<StoredBundle | undefined> {
  const stored = await records.read(fileOf(id));
  if (stored === undefined) return undefined;
  const bundle = readBundle(stored.text);
  if (bundle === undefined) throw unreadable(records, fileOf(id), "it is no bundle that this medalc knows");
  return { id, bundle };
}

async function goodBundle(records: Records, at: number): Promise<StoredBundle | undefined> {
  const id = (await goodIds(records)).at(at);
  if (id === undefined) return undefined;
  const stored = await loadBundle(records, id);
  if (stored === undefined) throw unreadable(records, CURRENT, `it names ${fileOf(id)}, which is not there`);
  return stored;
}

/** The ids of the good bundles, the last one at the end. */
async function goodIds(records: Records): Promise<readonly string[]> {
  const stored = await records.read(CURRENT);
  if (stored === undefined) return [];
  const { good } = parseRecord(records, CURRENT, stored.text);
  if (!isList(good)) throw unreadable(records, CURRENT, "it names no bundles");
  return good.map(String);
}

/** The file that a deployment's journal is in. */
export function journalFile(id: string): string {
  return `journals/${id}.jsonl`;
}

/** The properties of a record of this version; throws a failure with `deployment-record-unreadable`. */
export function parseRecord(records: Records, name: string, text: string): JsonObject {
  const record = parsed(records, name, text);
  if (record.version !== VERSION) throw unreadable(records, name, "it has no version that this medalc knows");
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

/** The ids of all deployments of which something is left, in their order. */
async function deployments(records: Records): Promise<readonly string[]> {
  const names = [...(await records.list("bundles")), ...(await records.list("journals"))];
  const ids = names.flatMap((name) => /^(?:bundles|journals)\/(\d{6,})\.jsonl?$/.exec(name)?.[1] ?? []);
  return [...new Set(ids)].sort((a, b) => Number(a) - Number(b));
}
