/** Deployment records and saved plans with any damage: read as before, or rejected. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { currentBundle, makeCurrent, storeBundle } from "../../src/deploy/bundle.ts";
import { readSavedPlan, savedPlanText } from "../../src/deploy/deploy-plan.ts";
import { deployedBundle, readHistory } from "../../src/deploy/deployment.ts";
import type { Bundle } from "../../src/deploy/deployment-record.ts";
import { servingObject } from "../../src/deploy/desired/synapse.ts";
import type { Place } from "../../src/deploy/endpoints.ts";
import { type Beginning, beginJournal, lastJournal } from "../../src/deploy/journal.ts";
import { hashOf, isList, isObject } from "../../src/deploy/json.ts";
import type { Json } from "../../src/deploy/object.ts";
import { createPlan } from "../../src/deploy/plan.ts";
import type { Records } from "../../src/deploy/services/records.ts";
import { tableFacts } from "../../src/deploy/table-facts.ts";
import { resumed } from "../../src/deploy/target.ts";
import { isFailure } from "../../src/runner/errors.ts";
import { exampleProgram } from "../codegen/support/compile.ts";
import { deployed, exampleObjects } from "./support.ts";

/** The maximum number of damaged texts of a record. */
const MOST = 250;

/** The first object of each kind. */
const objects = exampleObjects().filter(({ kind }, at, all) => all.findIndex((each) => each.kind === kind) === at);
const tables = tableFacts(exampleProgram()).slice(0, 3);
const bundle: Bundle = { version: 1, project: "olist", environment: "prod", objects, tables };
const actual = deployed(objects);
const usual = { project: "olist", environment: "prod", desired: objects, tables, actual };

/** Records in memory. */
function recordsIn(texts: Map<string, string>): Records {
  const unused = () => {
    throw new Error("not used here");
  };
  return {
    ...{ project: "olist", container: "medalc-state", exists: async () => true, prepare: async () => {} },
    pathOf: (name) => `medalc-state/olist/prod/${name}`,
    read: async (name) => {
      const text = texts.get(name);
      return text === undefined ? undefined : { text, etag: "" };
    },
    write: async (name, text) => texts.set(name, text) !== undefined,
    begin: async (name) => texts.set(name, "") !== undefined,
    append: async (name, text) => texts.set(name, `${texts.get(name)}${text}`) !== undefined,
    list: async (folder) => [...texts.keys()].filter((name) => name.startsWith(`${folder}/`)).sort(),
    ...{ remove: unused, lease: unused, renew: unused, release: unused },
  };
}

async function wholeRecords(): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  const records = recordsIn(texts);
  const begun: Beginning = {
    ...{ plan: "2c26b46b", bundle: "000002", kind: "deploy", identity: "ada@shop.example", at: "2026-11-23T08:14:59Z" },
    scope: { select: ["gold.orders"], adopt: ["adf/pipeline/p"], destroy: [], held: ["adf/trigger/tr"] },
    triggers: { "adf/trigger/tr": true },
    resumes: "000001",
  };
  for (const id of ["000001", "000002"]) {
    await storeBundle(records, { id, bundle });
    const { resumes: _, ...first } = { ...begun, bundle: id };
    const journal = await beginJournal(records, id, id === "000001" ? first : begun);
    await journal.before({ action: "stop", key: "adf/trigger/tr" });
    await journal.after({ action: "stop", key: "adf/trigger/tr" });
    await journal.before({ action: "change", key: "synapse/view/gold.orders" });
    if (id === "000001") {
      await journal.end("done");
      await makeCurrent(records, id);
    }
  }
  return texts;
}

type Path = readonly (string | number)[];

/** To every value, except deep inside of bodies, which are as their services define them. */
function pathsIn(value: Json, path: Path = []): readonly Path[] {
  if ((!isList(value) && !isObject(value)) || path.at(-2) === "body") return [path];
  const parts: readonly (readonly [string | number, Json])[] = isList(value)
    ? [...value.entries()]
    : Object.entries(value);
  return [path, ...parts.flatMap(([name, each]) => pathsIn(each, [...path, name]))];
}

/** The value with another one at a path, or without what is there. */
function damaged(value: Json, [name, ...rest]: Path, by: Json | undefined): Json | undefined {
  if (name === undefined) return by;
  if (isList(value)) {
    return value.flatMap((each, at) => (at === name ? (damaged(each, rest, by) ?? []) : [each]));
  }
  const changed = Object.entries(isObject(value) ? value : {}).flatMap(([each, part]) => {
    const other = each === name ? damaged(part, rest, by) : part;
    return other === undefined ? [] : [[each, other] as const];
  });
  return Object.fromEntries(changed);
}

const OTHERS: readonly (Json | undefined)[] = [
  ...[undefined, null, true, 0, -1, "", "000001", "000002", "../x", "a/b/c", "synapse/view/x"],
  ...[[], {}, [null], [""], { kind: null }],
];

/** Every value in a line of JSON replaced by every other one, and the line cut and replaced. */
function damagedLines(line: string): readonly string[] {
  const value: Json = JSON.parse(line);
  const replaced = pathsIn(value).flatMap((path) => OTHERS.map((by) => JSON.stringify(damaged(value, path, by)) ?? ""));
  const half = line.slice(0, line.length / 2);
  return [...replaced, "", half, "null", "[]", "nonsense"];
}

function damagedTexts(text: string): readonly string[] {
  const lines = text.split("\n").slice(0, -1);
  return lines.flatMap((line, at) => damagedLines(line).map((each) => `${lines.with(at, each).join("\n")}\n`));
}

/** What a deployment, a rollback and a resumption do with what they have read. */
function use(last: Bundle): void {
  createPlan({ ...usual, adopt: new Set(), lastBundle: last });
  createPlan({ ...usual, adopt: new Set(), desired: last.objects, tables: last.tables, lastBundle: bundle });
  for (const each of last.objects) if (each.service === "synapse") servingObject(each);
}

const whole = await wholeRecords();

it.each([...whole.keys()])("%s with any damage is read or rejected with deployment-record-unreadable", async (name) => {
  const all = damagedTexts(whole.get(name) ?? "");
  const texts = all.length <= MOST ? all : fc.sample(fc.constantFrom(...all), { seed: 20_261_130, numRuns: MOST });
  let rejected = 0;
  for (const text of texts) {
    const records = recordsIn(new Map([...whole, [name, text]]));
    try {
      const [history] = [await readHistory(records), await lastJournal(records), await currentBundle(records)];
      const before = deployedBundle(history, actual);
      if (history.unfinished) resumed(history, { ...usual, objects, adopt: [], destroy: [] });
      if (before && name.startsWith("bundles")) use(before);
    } catch (error) {
      if (!isFailure(error)) throw new Error(`not rejected: ${text}`, { cause: error });
      expect(error.diagnostics.map(({ code }) => code)).toEqual(["deployment-record-unreadable"]);
      rejected++;
    }
  }
  expect(rejected).toBeGreaterThan(texts.length / 10);
});

const place: Place = {
  cloud: "public",
  storage: { state: "s", url: "https://olist.blob.core.windows.net", container: "olist" },
};
const { plan } = createPlan({ ...usual, actual: [], adopt: new Set(), lastBundle: undefined });

it("saved plans with any damage are rejected", () => {
  const text = savedPlanText({ place, plan });
  const { seal, ...saved }: Record<string, Json> = JSON.parse(text);
  const line = `${JSON.stringify({ ...saved, seal })}\n`;
  expect(readSavedPlan(line)).toEqual({ place, plan });
  for (const changed of fc.sample(fc.constantFrom(...damagedTexts(line)), { seed: 20_261_130, numRuns: 40 })) {
    const isSame = hashOf(parsed(changed)) === hashOf(parsed(line));
    expect(readSavedPlan(changed) !== undefined, changed.slice(0, 200)).toBe(isSame);
  }
});

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

it.each<[string, (plan: Record<string, unknown>) => Record<string, unknown>]>([
  ["a step without its key", (each) => ({ ...each, steps: [{ id: "add x", action: "add", after: [] }] })],
  ["a change without effects", (each) => ({ ...each, changes: [{ key: "adf/pipeline/p", differences: [] }] })],
  ["a bundle without tables", (each) => ({ ...each, bundle: { ...bundle, tables: undefined } })],
  ["no scope", (each) => ({ ...each, scope: undefined })],
])("rejects a sealed plan of another version of medalc: %s", (_, change) => {
  const saved = JSON.parse(JSON.stringify({ version: 1, place, plan: change({ ...plan }) }));
  expect(readSavedPlan(JSON.stringify({ ...saved, seal: hashOf(saved) }))).toBeUndefined();
});
