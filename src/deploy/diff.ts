/** The differences between two bodies, property by property, for people. Independent of services. */
import { lineHunks } from "../format/line-diff.ts";
import { isList, isObject, sameJson, textOf } from "./json.ts";
import type { ActualObject, DesiredObject, Json } from "./object.ts";
import { hidden, hiddenLine, isHiddenName, nameWithin } from "./redact.ts";

export interface Difference {
  /** `activities[copy_orders].policy.retry` */
  readonly path: string;
  /** Absent for an added property. Secrets are hidden in all fields. */
  readonly before?: Json;
  /** Absent for a removed property. */
  readonly after?: Json;
  /** For multi-line texts, instead of both sides: a unified diff. */
  readonly lines?: string;
}

/** Empty exactly if the bodies are equal. Sorted by property name. */
export function diffBodies(before: Json, after: Json): readonly Difference[] {
  return [...differences(before, after, { path: "", name: "" })];
}

interface Place {
  readonly path: string;
  /** The name of the compared property, or of the property that contains the list. */
  readonly name: string;
}

function* differences(before: Json | undefined, after: Json | undefined, place: Place): Generator<Difference> {
  if (before === undefined || after === undefined) {
    if (before !== after) yield difference(before, after, place);
  } else if (isObject(before) && isObject(after)) {
    for (const name of union(Object.keys(before), Object.keys(after)).sort()) {
      const at = { path: joined(place.path, name), name: nameWithin(place.name, name) };
      yield* differences(before[name], after[name], at);
    }
  } else if (isList(before) && isList(after)) {
    yield* listDifferences(before, after, place);
  } else if (before !== after) {
    yield difference(before, after, place);
  }
}

function difference(before: Json | undefined, after: Json | undefined, { path, name }: Place): Difference {
  if (
    typeof before === "string" &&
    typeof after === "string" &&
    !isHiddenName(name) &&
    (before.includes("\n") || after.includes("\n"))
  )
    return { path, lines: linesOf(before, after) };
  return {
    path,
    ...(before === undefined ? {} : { before: hidden(before, name) }),
    ...(after === undefined ? {} : { after: hidden(after, name) }),
  };
}

/** Hides secrets in the lines of the hunks. */
function linesOf(before: string, after: string): string {
  const lines = lineHunks(before, after).split("\n");
  return lines.map((line) => (/^[ +-]/.test(line) ? line.charAt(0) + hiddenLine(line.slice(1)) : line)).join("\n");
}

function* listDifferences(before: readonly Json[], after: readonly Json[], place: Place): Generator<Difference> {
  const named = NAMES.find((name) => [before, after].every((list) => haveNames(list, name)));
  if (named !== undefined) {
    yield* namedDifferences(byName(before, named), byName(after, named), place);
  } else if ([...before, ...after].some((each) => typeof each === "object" && each !== null)) {
    for (let at = 0; at < Math.max(before.length, after.length); at++) {
      yield* differences(before[at], after[at], { path: `${place.path}[${at}]`, name: place.name });
    }
  } else if (!sameJson(before, after)) {
    yield difference(before, after, place);
  }
}

/** The properties that identify items of lists, for all services. */
const NAMES = ["name", "task_key", "job_cluster_key", "activity", "referenceName"] as const;

function haveNames(list: readonly Json[], name: string): boolean {
  const names = list.map((each) => (isObject(each) ? textOf(each[name]) : undefined));
  return !names.includes(undefined) && new Set(names).size === names.length;
}

function byName(list: readonly Json[], name: string): ReadonlyMap<string, Json> {
  return new Map(list.map((each) => [(isObject(each) && textOf(each[name])) || "", each]));
}

function* namedDifferences(
  before: ReadonlyMap<string, Json>,
  after: ReadonlyMap<string, Json>,
  { path, name }: Place,
): Generator<Difference> {
  for (const each of union([...before.keys()], [...after.keys()])) {
    const shown = /^[\w .:/-]+$/.test(each) ? each : JSON.stringify(each);
    const at = { path: `${path}[${shown}]`, name: isHiddenName(each) ? each : name };
    yield* differences(before.get(each), after.get(each), at);
  }
  const kept = (one: ReadonlyMap<string, Json>, other: ReadonlyMap<string, Json>): readonly string[] =>
    [...one.keys()].filter((each) => other.has(each));
  const order = { before: kept(before, after), after: kept(after, before) };
  if (!sameJson(order.before, order.after)) yield { path: `${path} (order)`, ...order };
}

function union(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])];
}

function joined(path: string, name: string): string {
  if (!/^[\w$-]+$/.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path === "" ? name : `${path}.${name}`;
}

/** Between an object in a service and the desired one: of their bodies, and whether a trigger runs. */
export function differencesBetween(there: ActualObject, wanted: DesiredObject): readonly Difference[] {
  const differences = sameJson(there.body, wanted.body) ? [] : diffBodies(there.body, wanted.body);
  return wanted.runs === undefined || there.runs === wanted.runs
    ? differences
    : [...differences, { path: "runs", before: there.runs ?? false, after: wanted.runs }];
}
