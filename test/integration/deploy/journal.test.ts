import { afterEach, expect, it } from "vitest";
import {
  bundleBefore,
  currentBundle,
  loadBundle,
  makeCurrent,
  nextDeployment,
  storeBundle,
} from "../../../src/deploy/bundle.ts";
import type { Bundle } from "../../../src/deploy/deployment-record.ts";
import { type Beginning, beginJournal, lastJournal, readJournal } from "../../../src/deploy/journal.ts";
import type { Records } from "../../../src/deploy/services/records.ts";
import { refused } from "../../../src/deploy/services/service-errors.ts";
import { problemOf, startLake } from "../../deploy/services/lake.ts";
import type { Fault } from "../../fakes/http.ts";

const lake = await startLake();
afterEach(() => lake.faults.restart());

const begun: Beginning = {
  plan: "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
  bundle: "000001",
  kind: "deploy",
  scope: { adopt: [], destroy: [] },
  triggers: { "adf/trigger/tr_daily": true },
  identity: "ada@shop.example",
  at: "2026-11-23T08:14:59Z",
};
const notebook = { action: "change", key: "databricks/notebook/Füße" };
const view = { action: "add", key: "synapse/view/gold.orders" };

function bundle(environment: string): Bundle {
  return { version: 1, project: "olist", environment, objects: [], tables: [] };
}

it("reads back which steps were done and which were not", async () => {
  const records = await lake.records();
  expect(await lastJournal(records)).toBeUndefined();
  const journal = await beginJournal(records, "000001", begun);
  expect(await lastJournal(records)).toMatchObject({ begun, done: [], open: [], ended: undefined });
  await journal.before(notebook);
  await journal.before(view);
  await journal.after(notebook);
  expect(await readJournal(records, "000001")).toMatchObject({ done: [notebook], open: [view], ended: undefined });
  await journal.after(view, refused({ service: "Synapse", action: "write the view" }, "15151: no, PASSWORD = 'x1y2'"));
  const failed = [{ ...view, problem: { code: "service-refused", message: expect.stringContaining("15151") } }];
  expect(await lastJournal(records)).toMatchObject({ done: [notebook], open: [], failed });
  // Done after all.
  await journal.before(view);
  await journal.after(view);
  await journal.end("done");
  expect(await lastJournal(records)).toMatchObject({ id: "000001", done: [notebook, view], failed: [], ended: "done" });
  expect((await records.read("journals/000001.jsonl"))?.text).not.toContain("x1y2");
});

it("ignores an incomplete last record", async () => {
  const whole = await lake.records();
  const journal = await beginJournal(whole, "000001", begun);
  await journal.before(notebook);
  await journal.after(notebook);
  await journal.before(view);
  await journal.end("failed");
  const text = (await whole.read("journals/000001.jsonl"))?.text ?? "";
  const lines = text.split("\n").slice(0, -1);
  const states: (readonly [number, number, string | undefined] | undefined)[] = [];
  for (let end = 0, line = 0; line < lines.length; end += (lines[line]?.length ?? 0) + 1, line++) {
    for (const length of [end, end + 1, end + (lines[line]?.length ?? 0)]) {
      await whole.write("journals/000002.jsonl", text.slice(0, length));
      const read = await readJournal(whole, "000002");
      states.push(read && [read.done.length, read.open.length, read.ended]);
    }
  }
  const [nothing, began, one, done, open] = [
    undefined,
    [0, 0, undefined],
    [0, 1, undefined],
    [1, 0, undefined],
    [1, 1, undefined],
  ];
  expect(states).toEqual([nothing, began, one, done, open].flatMap((state) => [state, state, state]));
});

it("returns to the previous journal if the last deployment died before its first step", async () => {
  const records = await lake.records();
  await beginJournal(records, "000009", begun);
  await records.begin("journals/000010.jsonl");
  expect((await lastJournal(records))?.id).toBe("000009");
  expect(await nextDeployment(records)).toBe("000011");
});

it("writes lines of concurrent steps in few requests, each before its call returns", async () => {
  const records = await lake.records();
  const journal = await beginJournal(records, "000001", begun);
  const { length } = lake.storage.log;
  const steps = Array.from({ length: 40 }, (_, index) => ({ action: "add", key: `synapse/view/gold.t${index}` }));
  await Promise.all(steps.map((step) => journal.before(step)));
  expect(lake.storage.log.length - length).toBeLessThanOrEqual(2);
  expect((await readJournal(records, "000001"))?.open).toEqual(steps);
});

it.each<[string, Fault]>([
  ["is lost", { kind: "lost" }],
  ["never comes", { kind: "hang" }],
  ["is an error", { kind: "answer", answer: { status: 500 } }],
  ["breaks off", { kind: "reset" }],
])("writes each line once, also where an answer %s", async (_, fault) => {
  for (let k = 1; k <= 5; k++) {
    const records = await lake.records({ timeout: 200 });
    lake.faults.at(k, fault);
    const journal = await beginJournal(records, "000001", begun);
    await journal.before(notebook);
    await journal.after(notebook);
    await journal.end("done");
    lake.faults.restart();
    const text = (await records.read("journals/000001.jsonl"))?.text ?? "";
    expect(text.match(/\n/g)).toHaveLength(4);
    expect(await lastJournal(records)).toMatchObject({ begun, done: [notebook], ended: "done" });
  }
});

it("writes missed lines as soon as the lake is available again", async () => {
  const records = await lake.records();
  const journal = await beginJournal(records, "000001", begun);
  lake.faults.restart();
  lake.faults.at(1, { kind: "lost" });
  for (let k = 2; k <= 5; k++) lake.faults.at(k, { kind: "reset" });
  expect((await problemOf(journal.before(notebook))).code).toBe("service-unreachable");
  await journal.before(view);
  expect(await lastJournal(records)).toMatchObject({ open: [notebook, view] });
  expect((await records.read("journals/000001.jsonl"))?.text.match(/\n/g)).toHaveLength(3);
});

it("stops if somebody else writes to its journal", async () => {
  const records = await lake.records();
  const one = await beginJournal(records, "000001", begun);
  await one.before(notebook);
  const other = await problemOf(beginJournal(records, "000001", { ...begun, identity: "grace@shop.example" }));
  expect(other.code).toBe("deployment-lease-lost");
});

it("stores the last good bundle, and the previous one to roll back to", async () => {
  const records = await lake.records();
  const deploy = async (environment: string): Promise<string> => {
    const id = await nextDeployment(records);
    await storeBundle(records, { id, bundle: bundle(environment) });
    return id;
  };
  expect(await currentBundle(records)).toBeUndefined();
  expect(await bundleBefore(records)).toBeUndefined();

  const first = await deploy("one");
  expect(await currentBundle(records)).toBeUndefined();
  await makeCurrent(records, first);
  expect(await bundleBefore(records)).toBeUndefined();
  await deploy("failed");
  expect((await currentBundle(records))?.bundle.environment).toBe("one");
  const third = await deploy("three");
  await makeCurrent(records, third);
  await makeCurrent(records, third);
  expect((await currentBundle(records))?.bundle.environment).toBe("three");
  const before = await bundleBefore(records);
  expect(before).toEqual({ id: first, bundle: bundle("one") });

  // Rolled back: what was current is good no longer.
  await makeCurrent(records, first);
  expect((await currentBundle(records))?.id).toBe(first);
  expect(await bundleBefore(records)).toBeUndefined();
  expect(await loadBundle(records, "000099")).toBeUndefined();
});

it("keeps the last twenty good bundles with their journals", async () => {
  const records = await lake.records();
  for (let count = 0; count < 23; count++) {
    const id = await nextDeployment(records);
    await storeBundle(records, { id, bundle: bundle("prod") });
    await beginJournal(records, id, begun);
    await makeCurrent(records, id);
  }
  const kept = Array.from({ length: 20 }, (_, index) => String(index + 4).padStart(6, "0"));
  expect(await records.list("bundles")).toEqual(kept.map((id) => `bundles/${id}.json`));
  expect(await records.list("journals")).toEqual(kept.map((id) => `journals/${id}.jsonl`));
});

it("reports a record that cannot be read instead of guessing", async () => {
  const records = await lake.records();
  const codeOf = async (read: (records: Records) => Promise<unknown>) => (await problemOf(read(records))).message;
  await records.write("journals/000001.jsonl", `{"version":2}\n`);
  expect(await codeOf(lastJournal)).toContain("its version is not supported by this version of medalc");
  await records.write("journals/000001.jsonl", `{"version":1}\n`);
  expect(await codeOf(lastJournal)).toContain("its first line is not the start of a deployment");
  await records.write("journals/000001.jsonl", `${JSON.stringify({ version: 1, ...begun })}\nnonsense\n`);
  expect(await codeOf(lastJournal)).toContain("one of its lines is not a valid journal entry");
  await records.write("current.json", "{");
  expect((await problemOf(currentBundle(records))).code).toBe("deployment-record-unreadable");
  await records.write("current.json", `{"version":1,"good":["000007"]}`);
  expect(await codeOf(currentBundle)).toContain("bundles/000007.json, which does not exist");
  await records.write("bundles/000007.json", `{"version":1}`);
  expect(await codeOf(currentBundle)).toContain("it is not a bundle of this version of medalc");
});
