/** Two deployers, and one that no longer knows whether it is alone. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeEach, expect, it, vi } from "vitest";
import { deploy } from "../../../src/deploy/deployment.ts";
import { takeLease } from "../../../src/deploy/lease.ts";
import { planTarget } from "../../../src/deploy/target.ts";
import { isFailure } from "../../../src/runner/errors.ts";
import { judgeReport } from "./judge.ts";
import { HOLDER } from "./support.ts";
import {
  AFTER,
  type Attempt,
  attempt,
  BEFORE,
  bringAbout,
  DAILY,
  HELD,
  recover,
  startDeployedWorld,
  wantedOf,
} from "./world.ts";

const { world, start, restore } = await startDeployedWorld();
afterAll(() => world[Symbol.asyncDispose]());
const { cloud, records } = world;
const wanted = wantedOf(AFTER);
const GRACE = { ...HOLDER, identity: "grace" };

const { plan } = await planTarget(world.connect(), wanted);
const { requests } = await attempt(world, { plan });
const final = world.state();
beforeEach(restore);
afterEach(() => void vi.useRealTimers());

/** So much time has passed since the lease was renewed that it has to be asked for. */
function passTime(): void {
  vi.useFakeTimers({ toFake: ["Date"] });
  vi.setSystemTime(Date.now() + 31_000);
}

/** A deployment in which something happens just before request k. */
async function interrupted(k: number, run: () => void | Promise<void>): Promise<Attempt["outcome"]> {
  const { outcome } = await attempt(world, { plan, prepare: () => cloud.faults.at(k, { kind: "meanwhile", run }) });
  vi.useRealTimers();
  return outcome;
}

it("lets one of two deployers through, whoever is first", async () => {
  for (const late of [0, 5, 20, 60, 120]) {
    await restore();
    const stacks = [world.connect(), world.connect()];
    const stop = new AbortController().signal;
    const outcomes = await Promise.all(
      stacks.map(async (stack, index) => {
        await sleep(index * late);
        return deploy({ stack, plan, kind: "deploy", holder: HOLDER, stop }).then(
          ({ isDone }) => (isDone ? "done" : "not done"),
          (error: unknown) => (isFailure(error) ? error.diagnostics[0]?.code : String(error)),
        );
      }),
    );
    expect(outcomes.filter((each) => each === "done")).toHaveLength(1);
    expect(outcomes).toContainEqual(expect.toBeOneOf(["deployment-locked", "plan-moved"]));
    expect(world.state()).toEqual(final);
  }
});

it("starts the triggers again where it has lost the lease and nobody has begun since", async () => {
  for (let k = 1; k <= requests; k += 2) {
    await restore();
    const outcome = await interrupted(k, async () => {
      await world.endLease();
      passTime();
    });
    const what = `the lease is broken at request ${k}`;
    if (outcome.kind === "report") {
      judgeReport(outcome.report, { start, now: world.state(), final }, what);
      expect(outcome.report.still, what).toEqual([]);
    } else expect(world.state(), what).toEqual(start);
    if (k % 10 !== 1) continue;
    await recover(world, wanted, "resume");
    expect(world.state(), what).toEqual(final);
  }
});

it("leaves everything to who has the lease now, and the next one knows of the triggers", async () => {
  for (let k = 2; k <= requests; k += 4) {
    await restore();
    const outcome = await interrupted(k, async () => {
      await world.endLease();
      await takeLease(records, GRACE).catch(() => undefined);
      passTime();
    });
    const what = `somebody takes the lease at request ${k}`;
    if (outcome.kind === "report") judgeReport(outcome.report, { start, now: world.state(), final }, what);
    else expect(world.state(), what).toEqual(start);
    const way = k % 8 === 2 ? "resume" : "rollback";
    const isDone = outcome.kind === "report" && outcome.report.isDone;
    if (isDone || !(await recover(world, wanted, way))) continue;
    expect(world.state(), `${what}: ${way}`).toEqual(way === "resume" ? final : start);
  }
});

it("tells no trigger anything once another deployment has begun, and that one starts them", async () => {
  let isOver = false;
  const { outcome } = await attempt(world, {
    plan,
    prepare: () =>
      cloud.faults.on(/^PUT .*triggers\/tr_shop_daily/, () => {
        if (isOver) return undefined;
        isOver = true;
        return {
          kind: "meanwhile",
          run: async () => {
            await world.endLease();
            await bringAbout(world.connect(), { wanted: wantedOf(BEFORE), kind: "deploy" });
            passTime();
          },
        };
      }),
  });
  vi.useRealTimers();
  expect(outcome).toMatchObject({ kind: "report", report: { isDone: false, restored: [], still: [DAILY] } });
  // The other one has started it, and nobody has stopped it since.
  expect(world.state().runs).toMatchObject({ [DAILY]: true, [HELD]: true });
});

it("judges what it did itself where somebody changes an object meanwhile", async () => {
  const snapshot = Object(cloud.factories.snapshot("shop-df"));
  const { properties } = snapshot["linkedservices/ls_files"];
  for (let k = 1; k <= requests; k += 5) {
    await restore();
    const outcome = await interrupted(k, () => {
      cloud.factories.put("shop-df", "linkedservices", "ls_files", { ...properties, description: "by hand" });
      // Before it is told to stop it runs anyway; after it, it is started behind our back.
      cloud.factories.setState("shop-df", "tr_shop_daily", "Started");
    });
    const what = `changed at request ${k}`;
    const now = world.state();
    const ours = { ...now.objects, "adf/linkedService/ls_files": start.objects["adf/linkedService/ls_files"] };
    if (outcome.kind === "refused") expect([outcome.codes, ours], what).toEqual([["plan-moved"], start.objects]);
    else if (outcome.kind === "report") {
      judgeReport(outcome.report, { start, now: { ...now, objects: ours }, final }, what);
    }
    const { plan: next } = await planTarget(world.connect(), wanted);
    expect(next.warnings, what).toContainEqual(
      expect.objectContaining({ kind: "drift", key: "adf/linkedService/ls_files" }),
    );
  }
});
