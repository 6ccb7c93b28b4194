/**
 * A deployment, of which each request fails in turn. Whatever fails: nothing of others is touched, the triggers are as
 * they were or somebody is told, what is reported is what was done, and one can go on and go back.
 */
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { currentBundle } from "../../../src/deploy/bundle.ts";
import { readHistory } from "../../../src/deploy/deployment.ts";
import { lastJournal } from "../../../src/deploy/journal.ts";
import { planTarget } from "../../../src/deploy/target.ts";
import type { Fault } from "../../fakes/http.ts";
import { judgeJournal, judgeReport } from "./judge.ts";
import { AFTER, answer, attempt, BEFORE, recover, type State, startDeployedWorld, wantedOf } from "./world.ts";

const { world, start, restore } = await startDeployedWorld();
afterAll(() => world[Symbol.asyncDispose]());
const { cloud, records } = world;
const wanted = wantedOf(AFTER);

const { plan } = await planTarget(world.connect(), wanted);

/** What it comes to where nothing fails, and after how many requests. */
let final: State = start;
let requests = 0;

beforeAll(async () => {
  const undisturbed = await attempt(world, { plan });
  expect(undisturbed.outcome).toMatchObject({ kind: "report", report: { isDone: true } });
  final = world.state();
  requests = undisturbed.requests;
  expect(requests).toBeGreaterThan(60);
});

const DOWN = answer(500, 50000);
const THROTTLED = answer(429, 40501, { "retry-after-ms": "2" });

/** Goes on or goes back in turn, and compares with where that is to lead. */
async function judgeRecovery(k: number, what: string): Promise<void> {
  const way = Math.floor(k / 2) % 2 === 0 ? "resume" : "rollback";
  // The last request lets go of the lease: all is done by then, and only to be left alone.
  const isDone = (await lastJournal(records))?.ended === "done" && isDeepStrictEqual(world.state(), final);
  if (isDone || !(await recover(world, wanted, way))) {
    return expect(world.state(), what).toEqual(isDone ? final : start);
  }
  const [state, objects] = way === "resume" ? [final, AFTER.objects] : [start, BEFORE.objects];
  expect(world.state(), `${what}: ${way}`).toEqual(state);
  expect((await readHistory(records)).unfinished, what).toBeUndefined();
  const names = (each: readonly { readonly name: string }[]) => each.map(({ name }) => name).sort();
  expect(names((await currentBundle(records))?.bundle.objects ?? []), what).toEqual(names(objects));
}

it("says what it has done and what not where the services are down from a request on", async () => {
  for (let k = 1; k <= requests; k++) {
    await restore();
    const { outcome } = await attempt(world, { plan, prepare: () => cloud.faults.from(k, DOWN) });
    const what = `500 from request ${k} on`;
    const now = world.state();
    if (outcome.kind === "report") judgeReport(outcome.report, { start, now, final }, what);
    else expect([outcome.kind, now], what).toEqual(["refused", start]);
    if (k % 2 === 0) await judgeRecovery(k, what);
  }
});

it("has in its journal what it had begun when it was killed", async () => {
  for (let k = 1; k <= requests; k++) {
    await restore();
    const { outcome } = await attempt(world, {
      plan,
      prepare: (kill) => cloud.faults.at(k, { kind: "meanwhile", run: kill }),
    });
    const what = `killed at request ${k}`;
    const journal = await lastJournal(records);
    judgeJournal(journal?.id === "000001" ? undefined : journal, { start, now: world.state(), final }, what);
    expect(outcome.kind === "killed" || k >= requests, what).toBe(true);
    if (k % 2 === 1) await judgeRecovery(k, what);
  }
});

const PASSING: readonly (readonly [what: string, fault: Fault])[] = [
  ["loses its answer", { kind: "lost" }],
  ["gets no answer", { kind: "hang" }],
  ["is throttled", THROTTLED],
  ["breaks off", { kind: "reset" }],
  ["comes with a token that has expired", { kind: "meanwhile", run: () => cloud.entra.expireAll() }],
  ["fails once", answer(500, 40501)],
];

it("does all there is to do where a request fails that is sent again", async () => {
  for (let k = 1; k <= requests; k++) {
    await restore();
    const [how, fault] = PASSING[k % PASSING.length] ?? ["", DOWN];
    const { outcome } = await attempt(world, { plan, timeout: 400, prepare: () => cloud.faults.at(k, fault) });
    const what = `request ${k} ${how}`;
    expect(outcome, what).toMatchObject({ kind: "report" });
    if (outcome.kind === "report") {
      expect(outcome.report.isDone, `${what}: ${JSON.stringify(outcome.report)}`).toBe(true);
      judgeReport(outcome.report, { start, now: world.state(), final }, what);
    }
  }
});
