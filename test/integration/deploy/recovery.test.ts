/** Going on and going back, where what is gone on with was itself no plain deployment. */
import { afterAll, beforeEach, expect, it } from "vitest";
import { readHistory } from "../../../src/deploy/deployment.ts";
import { lastJournal } from "../../../src/deploy/journal.ts";
import { idOfKey } from "../../../src/deploy/object.ts";
import { isGround } from "../../../src/deploy/ownership.ts";
import { planTarget, type Target } from "../../../src/deploy/target.ts";
import type { Fault } from "../../fakes/http.ts";
import {
  AFTER,
  answer,
  attempt,
  BEFORE,
  bringAbout,
  DAILY,
  HELD,
  recover,
  startDeployedWorld,
  startWorld,
  targetOf,
  type World,
  wantedOf,
} from "./world.ts";

const { world, start, restore } = await startDeployedWorld();
afterAll(() => world[Symbol.asyncDispose]());
const { cloud, records } = world;
const wanted = wantedOf(AFTER);
const REFUSED = answer(400, 50000);

beforeEach(restore);

/** A deployment in which requests that fit fail; `kill` in place of a fault kills it there. */
async function broken({ wanted: of, kind, target }: Target, pattern: RegExp, fault: Fault | "kill"): Promise<unknown> {
  await world.endLease();
  const { plan } = await planTarget(world.connect(), of);
  const { outcome } = await attempt(world, {
    ...{ plan, kind },
    ...(target === undefined ? {} : { target }),
    prepare: (kill) => cloud.faults.on(pattern, fault === "kill" ? { kind: "meanwhile", run: kill } : fault),
  });
  await world.endLease();
  return outcome;
}

const PROGRAM: Target = { wanted, kind: "deploy" };
const PUT_TRIGGER = /^PUT .*triggers\/tr_shop_daily/;
const START_DAILY = /^POST .*tr_shop_daily\/start/;

it("a trigger that was stopped manually stays stopped, however often resuming is interrupted", async () => {
  // Both are started by the time that it is killed.
  await broken(PROGRAM, /^PUT .*current\.json/, "kill");
  expect(world.state().runs).toMatchObject({ [DAILY]: true, [HELD]: true });
  expect((await lastJournal(records))?.begun.triggers).toMatchObject({ [DAILY]: true, [HELD]: false });
  // Nothing is left but the end of it.
  await broken(await targetOf(world, "resume", PROGRAM), /^PUT .*current\.json/, "kill");
  expect((await lastJournal(records))?.begun.triggers).toMatchObject({ [DAILY]: true, [HELD]: false });
  await recover(world, PROGRAM, "rollback");
  expect(world.state()).toEqual(start);
});

it("resumes an interrupted rollback", async () => {
  await broken(PROGRAM, START_DAILY, "kill");
  for (const pattern of [/workspace\/import/, /jobs\/reset/, START_DAILY]) {
    const history = await readHistory(records);
    const isBack = history.unfinished?.journal.begun.kind === "rollback";
    const target = await targetOf(world, isBack ? "resume" : "rollback", PROGRAM);
    expect(target).toMatchObject({ kind: "rollback", target: "000001" });
    await broken(target, pattern, "kill");
  }
  await recover(world, PROGRAM, "resume");
  expect(world.state()).toEqual(start);
  // What it went back to is the last good one, and there is none before it.
  await expect(targetOf(world, "rollback", PROGRAM)).rejects.toThrow("shop has no earlier deployment to roll back to");
});

/** A deployment that is killed when nothing is left but the last line of its journal. */
async function brokenAtTheEnd(of: World, id: string): Promise<void> {
  const { faults } = of.cloud;
  let isCurrent = false;
  const { plan } = await planTarget(of.connect(), wanted);
  const { outcome } = await attempt(of, {
    plan,
    prepare: (kill) => {
      faults.on(/^PUT .*current\.json/, () => {
        isCurrent = true;
        return undefined;
      });
      faults.on(/journals.*comp=appendblock/, () => {
        if (!isCurrent) return undefined;
        kill();
        return { kind: "reset" };
      });
    },
  });
  expect(outcome.kind).toBe("killed");
  expect(await readHistory(of.records)).toMatchObject({ last: { id }, unfinished: { journal: { id, open: [] } } });
}

it("rolls back a deployment of which only the last line is missing", async () => {
  await brokenAtTheEnd(world, "000002");
  await recover(world, PROGRAM, "rollback");
  expect(world.state()).toEqual(start);
});

it("rolls back to nothing from a first deployment of which only the last line is missing", async () => {
  await using bare = await startWorld();
  await brokenAtTheEnd(bare, "000001");
  await recover(bare, PROGRAM, "rollback");
  expect(Object.keys(bare.state().objects).filter((key) => !isGround(idOfKey(key)))).toEqual([]);
  expect((await readHistory(bare.records)).unfinished).toBeUndefined();
});

it("rolls back to the same definitions from a repair of which only the last line is missing", async () => {
  await bringAbout(world.connect(), PROGRAM);
  const after = world.state();
  cloud.factories.setState("shop-df", "tr_shop_daily", "Stopped");
  await brokenAtTheEnd(world, "000003");
  await recover(world, PROGRAM, "rollback");
  expect(world.state()).toEqual({ ...after, runs: { ...after.runs, [DAILY]: false } });
  expect(await readHistory(records)).toMatchObject({ last: { id: "000002" }, unfinished: undefined });
});

it("keeps adopted objects when it rolls back, and reports them", async () => {
  const mine = "adf/pipeline/pl_else";
  const adopted = AFTER.objects.find(({ kind }) => kind === "pipeline");
  if (adopted === undefined) throw new Error("the program has no pipeline");
  const taken: Target = {
    kind: "deploy",
    wanted: wantedOf(
      {
        ...AFTER,
        objects: [
          ...AFTER.objects,
          { ...adopted, name: "pl_else", needs: [], body: { activities: [], annotations: ["medalc", "shop"] } },
        ],
      },
      { adopt: [mine] },
    ),
  };
  const isLeft = async (): Promise<void> => {
    const target = await targetOf(world, "rollback", taken);
    const { plan, diagnostics } = await planTarget(world.connect(), target.wanted);
    expect(diagnostics).toEqual([]);
    expect(plan.steps.filter(({ key }) => key === mine)).toEqual([]);
    expect(plan.warnings).toContainEqual({ kind: "stays", key: mine });
    // Also where it goes on with going back.
    await broken(target, PUT_TRIGGER, "kill");
    await recover(world, taken, "resume");
    expect(world.state().objects[mine]).toBeDefined();
  };
  await broken(taken, START_DAILY, "kill");
  await isLeft();

  await restore();
  await bringAbout(world.connect(), taken);
  await isLeft();
});

it("stops the triggers that it started if a step failed", async () => {
  const outcome = await broken(PROGRAM, START_DAILY, REFUSED);
  expect(outcome).toMatchObject({ report: { isDone: false, still: [DAILY] } });
  expect(world.state().runs).toMatchObject({ [DAILY]: false, [HELD]: false });
  // The next one starts it.
  await recover(world, PROGRAM, "rollback");
  expect(world.state()).toEqual(start);
});

it("reports nothing if the journal accepted later what it rejected at first", async () => {
  const { plan } = await planTarget(world.connect(), wanted);
  let left = 5;
  const { outcome } = await attempt(world, {
    plan,
    prepare: () =>
      cloud.faults.on(/journals.*comp=appendblock/, () => {
        const { runs } = world.state();
        // Nothing is left but to say that the last step was done.
        if (runs[DAILY] !== true || runs[HELD] !== true || left === 0) return undefined;
        left -= 1;
        return answer(500, 0);
      }),
  });
  expect([left, outcome]).toMatchObject([0, { report: { isDone: true, problems: [] } }]);
  expect(await lastJournal(records)).toMatchObject({ open: [], ended: "done" });
});

it("rolls back past a deployment that only repaired manual changes", async () => {
  const stack = world.connect();
  await bringAbout(stack, PROGRAM);
  const after = world.state();
  cloud.factories.setState("shop-df", "tr_shop_daily", "Stopped");
  await bringAbout(stack, PROGRAM);
  expect(world.state()).toEqual(after);
  const back = await targetOf(world, "rollback", PROGRAM);
  expect(back.target).toBe("000001");
  expect((await planTarget(stack, back.wanted)).plan.steps.length).toBeGreaterThan(0);
});

it("a trigger that a killed deployment stopped does not count as stopped manually", async () => {
  await broken(PROGRAM, PUT_TRIGGER, "kill");
  expect(world.state().runs).toMatchObject({ [DAILY]: false });
  const { plan } = await planTarget(world.connect(), wanted);
  // The other one was held before.
  expect(plan.warnings.flatMap(({ kind, key }) => (kind === "drift" ? [key] : []))).toEqual([HELD]);
});

it("stops a trigger again when it rolls back a completed deployment", async () => {
  await bringAbout(world.connect(), PROGRAM);
  expect(world.state().runs).toMatchObject({ [HELD]: true });
  await bringAbout(world.connect(), await targetOf(world, "rollback", PROGRAM));
  expect(world.state()).toEqual(start);
});

it("distinguishes what several interrupted deployments left from manual changes", async () => {
  await broken(PROGRAM, PUT_TRIGGER, "kill");
  await broken({ wanted: wantedOf(BEFORE), kind: "deploy" }, /workspace\/import/, "kill");
  const { plan } = await planTarget(world.connect(), wanted);
  expect(plan.warnings.flatMap(({ kind, key }) => (kind === "drift" ? [key] : []))).toEqual([HELD]);
});
