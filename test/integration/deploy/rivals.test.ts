/** Two deployers at the same time, and somebody who changes something by hand meanwhile. */
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { afterAll, afterEach, beforeEach, expect, it, vi } from "vitest";
import { deploy } from "../../../src/deploy/deployment.ts";
import { planTarget } from "../../../src/deploy/target.ts";
import { isFailure } from "../../../src/runner/errors.ts";
import { judgeReport } from "./judge.ts";
import { HOLDER } from "./support.ts";
import { AFTER, attempt, BEFORE, bringAbout, DAILY, HELD, passTime, startDeployedWorld, wantedOf } from "./world.ts";

const { world, start, restore } = await startDeployedWorld();
afterAll(() => world[Symbol.asyncDispose]());
const { cloud } = world;
const wanted = wantedOf(AFTER);

const { plan } = await planTarget(world.connect(), wanted);
const { requests } = await attempt(world, { plan });
const final = world.state();
beforeEach(restore);
afterEach(() => void vi.useRealTimers());

it("exactly one of two concurrent deployers succeeds, whoever is first", async () => {
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

/** Whether the other steps are done: the trigger has its new time, and the views are updated. */
function isWritten(): boolean {
  const { objects } = world.state();
  return ["adf/trigger/tr_shop_daily", "adf/pipeline/pl_shop_views", "synapse/view/gold.fresh"].every((key) =>
    isDeepStrictEqual(objects[key], final.objects[key]),
  );
}

it("starts and stops no trigger once another deployment has begun, which starts them", async () => {
  let isOver = false;
  const { outcome } = await attempt(world, {
    plan,
    // A whole deployment takes place during one request.
    timeout: 60_000,
    prepare: () =>
      // The last step before the triggers start.
      cloud.faults.on(/^POST .*workspace\/delete/, () => {
        if (isOver) return undefined;
        isOver = true;
        return {
          kind: "meanwhile",
          run: async () => {
            await vi.waitUntil(() => isWritten() && cloud.arm.atWork() === 0, { timeout: 10_000 });
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

const { properties } = Object(cloud.factories.snapshot("shop-df"))["linkedservices/ls_files"];
for (let k = 1; k <= requests; k += 5) {
  it(`recognises its own changes if somebody changes an object at request ${k}`, async () => {
    const run = (): void => {
      cloud.factories.put("shop-df", "linkedservices", "ls_files", { ...properties, description: "by hand" });
      // Before it is told to stop it runs anyway; after it, it is started behind our back.
      cloud.factories.setState("shop-df", "tr_shop_daily", "Started");
    };
    const { outcome } = await attempt(world, { plan, prepare: () => cloud.faults.at(k, { kind: "meanwhile", run }) });
    const now = world.state();
    const ours = { ...now.objects, "adf/linkedService/ls_files": start.objects["adf/linkedService/ls_files"] };
    if (outcome.kind === "refused") expect([outcome.codes, ours]).toEqual([["plan-moved"], start.objects]);
    else if (outcome.kind === "report") judgeReport(outcome.report, { start, now: { ...now, objects: ours }, final });
    const { plan: next } = await planTarget(world.connect(), wanted);
    expect(next.warnings).toContainEqual(expect.objectContaining({ kind: "drift", key: "adf/linkedService/ls_files" }));
  });
}
