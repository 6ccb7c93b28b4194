/** Processes that are killed in the middle of a deployment, by the signal that nobody can catch. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, expect, it } from "vitest";
import { lastJournal } from "../../../src/deploy/journal.ts";
import { planTarget, type Target } from "../../../src/deploy/target.ts";
import { root } from "../../support/paths.ts";
import { judgeJournal } from "./judge.ts";
import { placeIn } from "./support.ts";
import { AFTER, addOthers, attempt, BEFORE, bringAbout, recover, startWorld, type Way, wantedOf } from "./world.ts";

const folder = mkdtempSync(`${tmpdir()}/medalc-killed-`);
const world = await startWorld();
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});
const { cloud, records } = world;
const target: Target = { wanted: wantedOf(AFTER), kind: "deploy" };
const SCOPES = ["https://management.azure.com", "https://database.windows.net", "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d"];

await bringAbout(world.connect(), { wanted: wantedOf(BEFORE), kind: "deploy" });
addOthers(cloud);
const restore = await world.save();
const start = world.state();
const { plan } = await planTarget(world.connect(), target.wanted);
const { requests } = await attempt(world, { plan });
const final = world.state();

const given = await Promise.all(
  SCOPES.map((scope) => `${scope}/.default`).map(async (scope) => [
    scope,
    (await cloud.entra.credential.getToken(scope))?.token,
  ]),
);
const { credential, key } = cloud.storage;
const place = placeIn(cloud, BEFORE.objects);
const said = { place, plan, kind: "deploy", tokens: Object.fromEntries(given), account: credential.accountName, key };
writeFileSync(`${folder}/plan.json`, JSON.stringify(said));
const run = async (onStart: (child: ChildProcess) => void): Promise<string> => {
  const script = `${root}/test/integration/deploy/deployer.ts`;
  const child = spawn(process.execPath, [script, `${folder}/plan.json`], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.on("data", (data) => {
    text += data;
  });
  onStart(child);
  await once(child, "close");
  return text;
};

it("completes if it is not killed", async () => {
  await restore();
  expect(await run(() => cloud.faults.restart())).toBe("true\n");
  expect(world.state()).toEqual(final);
});

it.each<[part: number, way: Way]>([
  [0.45, "resume"],
  [0.55, "rollback"],
  [0.65, "resume"],
  [0.75, "rollback"],
  [0.85, "resume"],
  [0.95, "rollback"],
])("what a process had begun when it was killed after %d of its requests is known: %s", async (part, way) => {
  await restore();
  // The time that the signal takes is the randomness.
  const k = Math.round(requests * part);
  await run((child) => {
    cloud.faults.restart();
    cloud.faults.at(k, { kind: "meanwhile", run: () => void child.kill("SIGKILL") });
  });
  cloud.faults.restart();
  await world.quiet();
  const journal = await lastJournal(records);
  expect(journal?.id).toBe("000002");
  judgeJournal(journal, { start, now: world.state(), final });
  await recover(world, target, way);
  expect(world.state()).toEqual(way === "resume" ? final : start);
});
