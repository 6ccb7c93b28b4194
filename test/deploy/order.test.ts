import fc from "fast-check";
import { expect, it } from "vitest";
import { type ActualObject, type DesiredObject, type Kind, keyOf, type ObjectKey } from "../../src/deploy/object.ts";
import { orderSteps, type Step, type Write } from "../../src/deploy/order.ts";

interface Thing {
  readonly kind?: Kind;
  readonly needs?: readonly string[];
  readonly runs?: boolean;
}

const key = (name: string, kind: Kind = "pipeline"): ObjectKey => keyOf({ service: "adf", kind, name });
const kindIn = (things: Readonly<Record<string, Thing>>, name: string): Kind => things[name]?.kind ?? "pipeline";

function wanted(things: Readonly<Record<string, Thing>>): ReadonlyMap<ObjectKey, DesiredObject> {
  return new Map(
    Object.entries(things).map(([name, { kind = "pipeline", needs = [], runs }]) => [
      key(name, kind),
      {
        ...{ service: "adf", kind, name, body: {}, tables: [], file: "" },
        needs: needs.map((each) => key(each, kindIn(things, each))),
        ...(runs === undefined ? {} : { runs }),
      },
    ]),
  );
}

function there(things: Readonly<Record<string, Thing>>): ReadonlyMap<ObjectKey, ActualObject> {
  return new Map(
    [...wanted(things)].map(([each, { file: _, tables: __, ...object }]) => [each, { ...object, project: "p" }]),
  );
}

const write = (action: Write["action"], name: string, kind?: Kind, writes = true): Write => ({
  ...{ action, writes },
  key: key(name, kind),
});

const short = ({ action, key: full }: Step): string => `${action} ${full.split("/")[2]}`;
const ordered = (...given: Parameters<typeof orderSteps>): readonly string[] => orderSteps(...given).map(short);
const ours = () => true;

it("creates dependencies first, and leaves the rest unordered", () => {
  const desired = wanted({ a: { needs: ["b"] }, b: { needs: ["c"] }, c: {}, d: {} });
  const steps = orderSteps(
    ["a", "b", "c", "d"].map((each) => write("add", each)),
    desired,
    new Map(),
    ours,
  );
  expect(steps.map(short)).toEqual(["add c", "add d", "add b", "add a"]);
  expect(steps.map(({ after }) => after)).toEqual([[], [], ["add adf/pipeline/c"], ["add adf/pipeline/b"]]);
});

it("destroys in reverse order, after what referred to it has changed", () => {
  const actual = there({ a: { needs: ["b"] }, b: { needs: ["c"] }, c: {} });
  const destroys = ["c", "b", "a"].map((each) => write("destroy", each));
  expect(ordered(destroys, new Map(), actual, ours)).toEqual(["destroy a", "destroy b", "destroy c"]);
  const kept = [write("change", "a"), write("destroy", "b")];
  expect(ordered(kept, wanted({ a: {} }), actual, ours)).toEqual(["change a", "destroy b"]);
});

const world = {
  daily: { kind: "trigger", needs: ["main"], runs: true },
  hourly: { kind: "trigger", needs: ["other"], runs: true },
  main: { needs: ["child"] },
  other: {},
  child: {},
} as const;

it("stops a trigger only while something it reaches changes, and starts it at the end", () => {
  const steps = ordered([write("change", "child"), write("add", "new")], wanted(world), there(world), ours);
  expect(steps).toEqual(["stop daily", "add new", "change child", "start daily"]);
  const [stop, , child, start] = orderSteps(
    [write("change", "child"), write("add", "new")],
    wanted(world),
    there(world),
    ours,
  );
  expect(stop?.after).toEqual([]);
  expect(child?.after).toEqual([stop?.id]);
  expect(start?.after).toHaveLength(3);
});

it("follows the previous references too: nothing that a running pipeline uses is removed", () => {
  const desired = wanted({ ...world, main: {} });
  const { child: _, ...rest } = world;
  const writes = [write("change", "main"), write("destroy", "child")];
  expect(ordered(writes, wanted({ ...rest, main: {} }), there(world), ours)).toEqual([
    ...["stop daily", "change main", "destroy child", "start daily"],
  ]);
  expect(desired.size).toBe(5);
});

it("a changed trigger is stopped meanwhile; a destroyed one is not started again", () => {
  expect(ordered([write("change", "hourly", "trigger")], wanted(world), there(world), ours)).toEqual([
    ...["stop hourly", "change hourly", "start hourly"],
  ]);
  const { hourly: _, ...rest } = world;
  expect(ordered([write("destroy", "hourly", "trigger")], wanted(rest), there(world), ours)).toEqual([
    ...["stop hourly", "destroy hourly"],
  ]);
});

it("starts a new trigger, and a stopped one whose desired state is started", () => {
  const { daily: _, ...others } = world;
  const add = [write("add", "daily", "trigger")];
  expect(ordered(add, wanted(world), there(others), ours)).toEqual(["add daily", "start daily"]);
  const stopped = there({ ...world, daily: { ...world.daily, runs: false } });
  expect(ordered([write("change", "daily", "trigger", false)], wanted(world), stopped, ours)).toEqual(["start daily"]);
  expect(ordered([write("change", "child")], wanted(world), stopped, ours)).toEqual(["change child"]);
});

it("stops a trigger whose desired state is stopped, and leaves those of others unchanged", () => {
  const desired = wanted({ ...world, daily: { ...world.daily, runs: false } });
  expect(ordered([write("change", "daily", "trigger", false)], desired, there(world), ours)).toEqual(["stop daily"]);
  const { daily: _, ...rest } = world;
  for (const each of [world, rest]) {
    expect(ordered([write("change", "child")], wanted(each), there(world), () => false)).toEqual(["change child"]);
  }
});

it("restores the state of an owned trigger that is not desired now", () => {
  const { daily: _, ...rest } = world;
  expect(ordered([write("change", "child")], wanted(rest), there(world), ours)).toEqual([
    ...["stop daily", "change child", "start daily"],
  ]);
});

it("stops nothing if nothing is written", () => {
  expect(ordered([], wanted(world), there(world), ours)).toEqual([]);
});

it("a cycle is a bug, and its objects are named", () => {
  const desired = wanted({ a: { needs: ["b"] }, b: { needs: ["a"] } });
  expect(() => orderSteps([write("add", "a"), write("add", "b")], desired, new Map(), ours)).toThrow(
    "add adf/pipeline/a waits for add adf/pipeline/b waits for add adf/pipeline/a",
  );
});

it("every step comes after its dependencies in any graph", () => {
  const graph = fc.array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(graph, fc.infiniteStream(fc.constantFrom("add", "destroy", "change" as const)), (needs, actions) => {
      const things = Object.fromEntries(
        needs.map((each, at): [string, Thing] => [
          `n${at}`,
          { needs: at === 0 ? [] : [...new Set(each.map((other) => `n${other % at}`))] },
        ]),
      );
      const writes = Object.keys(things).map((name) => write(actions.next().value, name));
      const gone = new Set(writes.filter(({ action }) => action === "destroy").map((each) => each.key));
      const desired = [...wanted(things)].filter(([each]) => !gone.has(each));
      const steps = orderSteps(writes, new Map(desired), there(things), ours);
      expect(steps).toHaveLength(writes.length);
      const seen = new Set<string>();
      for (const { id, after } of steps) {
        for (const each of after) expect(seen).toContain(each);
        seen.add(id);
      }
    }),
  );
});
