/** Each request fails in one way or another: of the first deployment, of one of some tables only, of a destruction. */
import { afterAll, expect, it } from "vitest";
import { currentBundle } from "../../../src/deploy/bundle.ts";
import { readHistory } from "../../../src/deploy/deployment.ts";
import { lastJournal } from "../../../src/deploy/journal.ts";
import { isGround } from "../../../src/deploy/mark.ts";
import { idOfKey } from "../../../src/deploy/object.ts";
import { planTarget, type Target } from "../../../src/deploy/target.ts";
import { judgeJournal, judgeReport } from "./judge.ts";
import {
  AFTER,
  addOthers,
  answer,
  attempt,
  BEFORE,
  bringAbout,
  NOTHING,
  recover,
  type State,
  startWorld,
  wantedOf,
} from "./world.ts";

const world = await startWorld();
afterAll(() => world[Symbol.asyncDispose]());
const { cloud, records } = world;
const DOWN = answer(500, 50000);

/** Lets every `step`th request fail, from the second on or by a kill, goes on or goes back in turn, and judges. */
async function everyRequestOf(
  { wanted, kind }: Target,
  step: number,
  { isBefore }: { readonly isBefore: (now: State, start: State) => void },
): Promise<void> {
  const restore = await world.save();
  const start = world.state();
  const { plan, diagnostics } = await planTarget(world.connect(), wanted);
  expect(diagnostics).toEqual([]);
  const undisturbed = await attempt(world, { plan, kind });
  expect(undisturbed.outcome).toMatchObject({ kind: "report", report: { isDone: true } });
  const final = world.state();
  for (let k = 1, count = 0; k <= undisturbed.requests; k += step, count++) {
    await restore();
    const isKill = count % 2 === 0;
    const way = count % 4 < 2 ? "resume" : "rollback";
    const what = `${isKill ? "killed at" : "500 from"} request ${k} on, then ${way}`;
    const before = (await lastJournal(records))?.id;
    const { outcome } = await attempt(world, {
      ...{ plan, kind },
      prepare: (kill) => (isKill ? cloud.faults.at(k, { kind: "meanwhile", run: kill }) : cloud.faults.from(k, DOWN)),
    });
    const now = world.state();
    const journal = await lastJournal(records);
    const begun = journal?.id === before ? undefined : journal;
    if (outcome.kind === "report") judgeReport(outcome.report, { start, now, final }, what);
    else judgeJournal(begun, { start, now, final }, what);
    // All is done but the last line: going back is going back from a good one.
    const isGood = begun !== undefined && (await currentBundle(records))?.id === begun.id;
    if (begun?.ended === "done") expect(now, what).toEqual(final);
    else if (way === "resume" || isGood) {
      await recover(world, wanted, "resume");
      expect(world.state(), what).toEqual(final);
    } else {
      await recover(world, wanted, way);
      isBefore(world.state(), start);
    }
    expect((await readHistory(records)).unfinished, what).toBeUndefined();
  }
  await restore();
}

const isSame = (now: State, start: State): void => expect(now).toEqual(start);

it("first deployments go on, or go back to the ground that others may stand on", async () => {
  const isBare = ({ objects }: State): void =>
    expect(Object.keys(objects).filter((key) => !isGround(idOfKey(key)))).toEqual([]);
  await everyRequestOf({ wanted: wantedOf(AFTER), kind: "deploy" }, 3, { isBefore: isBare });
});

it("a deployment of some tables goes on with them and goes back to what was there", async () => {
  await bringAbout(world.connect(), { wanted: wantedOf(BEFORE), kind: "deploy" });
  addOthers(cloud, { guest: false });
  const wanted = wantedOf(AFTER, { select: new Set(["gold.cities"]) });
  await everyRequestOf({ wanted, kind: "deploy" }, 2, { isBefore: isSame });
});

it("a destruction goes on, or all of it comes back", async () => {
  await everyRequestOf({ wanted: wantedOf(NOTHING), kind: "destroy" }, 3, { isBefore: isSame });
});
