/**
 * Every kind of fault at every request of a deployment, each followed by going on and by going back. Whatever fails:
 * nothing of others is touched, the triggers are as they were or somebody is told, what is reported is what was done, and
 * one gets where the deployment was to lead and back to where it began. `npm run faults` tries all of these cases, the
 * other runs a part of them.
 */
import { afterAll, expect, it, vi } from "vitest";
import { currentBundle } from "../../../../src/deploy/bundle.ts";
import type { DeployPlan } from "../../../../src/deploy/deploy-plan.ts";
import { readHistory } from "../../../../src/deploy/deployment.ts";
import { lastJournal } from "../../../../src/deploy/journal.ts";
import { takeLease } from "../../../../src/deploy/lease.ts";
import { planTarget, type Target } from "../../../../src/deploy/target.ts";
import type { Fault } from "../../../fakes/http.ts";
import { judgeJournal, judgeReport } from "../judge.ts";
import { HOLDER } from "../support.ts";
import { answer, attempt, passTime, recover, type State, type Way, type World } from "../world.ts";

interface Kind {
  /** Reads on after "request 12": `gets no answer`. */
  readonly what: string;
  /** What one may count on: all is done; or the triggers run as they did. Nothing where it is not there. */
  readonly leaves?: "all done" | "triggers told";
  /** Whether all requests after it fail in the same way. */
  readonly isLasting?: boolean;
  /** Milliseconds that a request may take. */
  readonly timeout?: number;
  /** Of how many requests one is tried where not all are. */
  readonly thinned: number;
  faultIn(world: World, kill: () => void): Fault;
}

const WAYS: readonly Way[] = ["resume", "rollback"];

const KINDS: readonly Kind[] = [
  {
    ...{ what: "fails with all after it", thinned: 1, isLasting: true },
    faultIn: () => answer(500, 50000),
  },
  {
    ...{ what: "kills the deployer", thinned: 1 },
    faultIn: (_, kill) => ({ kind: "meanwhile", run: kill }),
  },
  {
    ...{ what: "finds the lease broken", thinned: 4, leaves: "triggers told" },
    faultIn: (world) => ({
      kind: "meanwhile",
      run: async () => {
        await world.endLease();
        passTime();
      },
    }),
  },
  {
    ...{ what: "finds the lease with another deployer", thinned: 4 },
    faultIn: (world) => ({
      kind: "meanwhile",
      run: async () => {
        await world.endLease();
        // Before the container is there, nobody can.
        await takeLease(world.records, { ...HOLDER, identity: "grace" }).catch(() => undefined);
        passTime();
      },
    }),
  },
  passing("loses its answer", () => ({ kind: "lost" })),
  { ...passing("gets no answer", () => ({ kind: "hang" })), timeout: 400 },
  passing("is throttled", () => answer(429, 40501, { "retry-after-ms": "2" })),
  passing("breaks off", () => ({ kind: "reset" })),
  passing("comes with an expired token", ({ cloud }) => ({ kind: "meanwhile", run: () => cloud.entra.expireAll() })),
  passing("fails once", () => answer(500, 40501)),
];

/** One that is sent again. */
function passing(what: string, faultIn: Kind["faultIn"]): Kind {
  return { what, thinned: 6, leaves: "all done", faultIn };
}

interface Case {
  readonly k: number;
  readonly kind: Kind;
  readonly way: Way;
}

const IS_ALL = process.env.MEDAL_FAULTS === "all";

/** All of them, or some of each kind that begin at different requests and lead both ways in turn. */
function casesOf(requests: number, thinned: number): readonly Case[] {
  return Array.from({ length: requests }, (_, index) => index + 1).flatMap((k) =>
    KINDS.flatMap((kind, index) => {
      const turn = (k + index) / (kind.thinned * thinned);
      // Where all is done nothing is left to go on with.
      const ways = kind.leaves === "all done" ? WAYS.slice(0, 1) : WAYS;
      return ways.filter((_, at) => IS_ALL || turn % ways.length === at).map((way): Case => ({ k, kind, way }));
    }),
  );
}

export interface Tested {
  /** A world as the deployment finds it. */
  begin(): Promise<World>;
  readonly target: Target;
  /** Of how many requests one is tried where not all are. */
  readonly thinned: number;
  /** Whether it is as it was, after going back. */
  isBefore?(now: State, start: State): void;
}

/** A deployment that nothing disturbs: where it begins and where it leads. */
interface Setting {
  readonly world: World;
  readonly restore: () => Promise<void>;
  readonly plan: DeployPlan;
  readonly requests: number;
  readonly start: State;
  readonly final: State;
  /** Of the objects of the last good deployment, before and after. */
  readonly namesBefore: readonly string[];
  readonly namesAfter: readonly string[];
}

/** Azurite keeps what was overwritten, and gets slower, until it removes all of it and answers nobody meanwhile. */
const CASES_OF_A_WORLD = 100;

/** Makes a test of each case. */
export async function testFaults(tested: Tested): Promise<void> {
  let setting = await settingOf(tested);
  afterAll(() => setting.world[Symbol.asyncDispose]());
  let tried = 0;
  for (const each of casesOf(setting.requests, tested.thinned)) {
    const { k, kind, way } = each;
    it(`request ${k} ${kind.what}${kind.leaves === "all done" ? "" : `, then ${way}`}`, async () => {
      if (tried === CASES_OF_A_WORLD) {
        await setting.world[Symbol.asyncDispose]();
        setting = await settingOf(tested);
        tried = 0;
      }
      tried += 1;
      await judgeCase(each, setting, tested);
    });
  }
}

async function settingOf({ begin, target: { wanted, kind } }: Tested): Promise<Setting> {
  const world = await begin();
  const restore = await world.save();
  const start = world.state();
  const namesBefore = await namesIn(world);
  const { plan, diagnostics } = await planTarget(world.connect(), wanted);
  expect(diagnostics).toEqual([]);
  const { outcome, requests } = await attempt(world, { plan, kind });
  expect(outcome).toMatchObject({ kind: "report", report: { isDone: true } });
  expect(requests).toBeGreaterThan(30);
  const final = world.state();
  return { world, restore, plan, requests, start, final, namesBefore, namesAfter: await namesIn(world) };
}

async function judgeCase(
  { k, kind, way }: Case,
  setting: Setting,
  { target, isBefore = isSame }: Tested,
): Promise<void> {
  const { world, restore, plan, start, final } = setting;
  await restore();
  const before = (await lastJournal(world.records))?.id;
  const { outcome } = await attempt(world, {
    ...{ plan, kind: target.kind, timeout: kind.timeout },
    prepare: (kill) => world.cloud.faults[kind.isLasting === true ? "from" : "at"](k, kind.faultIn(world, kill)),
  });
  vi.useRealTimers();
  const now = world.state();
  const journal = await lastJournal(world.records);
  const begun = journal?.id === before ? undefined : journal;
  if (outcome.kind === "report") judgeReport(outcome.report, { start, now, final });
  else judgeJournal(begun, { start, now, final });
  if (outcome.kind === "refused") expect(now).toEqual(start);
  if (kind.leaves === "all done") expect(outcome).toMatchObject({ kind: "report", report: { isDone: true } });
  if (kind.leaves === "triggers told" && outcome.kind === "report") expect(outcome.report.still).toEqual([]);

  const isDone = begun?.ended === "done";
  if (!isDone) await recover(world, target, way);
  const isAfter = isDone || way === "resume";
  if (isAfter) expect(world.state()).toEqual(final);
  else isBefore(world.state(), start);
  expect((await readHistory(world.records)).unfinished).toBeUndefined();
  expect(await namesIn(world)).toEqual(isAfter ? setting.namesAfter : setting.namesBefore);
}

function isSame(now: State, start: State): void {
  expect(withoutEntries(now)).toEqual(withoutEntries(start));
}

/** Without the tables in Unity Catalog: the next run registers those that were removed. */
function withoutEntries({ objects, runs }: State): State {
  const kept = Object.entries(objects).filter(([key]) => !key.startsWith("databricks/catalogTable/"));
  return { objects: Object.fromEntries(kept), runs };
}

async function namesIn({ records }: World): Promise<readonly string[]> {
  return ((await currentBundle(records))?.bundle.objects ?? []).map(({ name }) => name).sort();
}
