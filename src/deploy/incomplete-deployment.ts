/**
 * The state after an incomplete deployment: some objects are as it intended, the others as the last successful one left them.
 * Neither is drift, and effects on data are computed from this state.
 */
import type { Bundle } from "./deployment-record.ts";
import { sameJson } from "./json.ts";
import { type ActualObject, type DesiredObject, keyOf, type ObjectKey } from "./object.ts";

/**
 * @param last the last successful bundle
 * @param begun the target bundle of the incomplete deployment
 */
export function standingBundle(last: Bundle | undefined, begun: Bundle, actual: readonly ActualObject[]): Bundle {
  const there = new Map(actual.map((each) => [keyOf(each), each]));
  const before = byKey(last);
  const after = byKey(begun);
  const objects = [...new Set([...before.keys(), ...after.keys()])].flatMap((key): readonly DesiredObject[] => {
    const [was, is, now] = [before.get(key), after.get(key), there.get(key)];
    // Runs make them, whether the deployment completes or not.
    const entry = is ?? was;
    if (entry?.kind === "catalogTable") return [entry];
    if (now === undefined) return was !== undefined && is !== undefined ? [was] : [];
    if (is !== undefined && (was === undefined || sameJson(now.body, is.body))) return [is];
    return was === undefined ? [] : [was];
  });
  const made = new Set(
    objects.filter((each) => after.get(keyOf(each)) === each && isNew(each, before)).flatMap(tablesOf),
  );
  const known = new Map(last?.tables.map((each) => [each.name, each]));
  const wanted = new Map(begun.tables.map((each) => [each.name, each]));
  const tables = [...new Set([...wanted.keys(), ...known.keys()])].flatMap((name) => {
    const facts = made.has(name) ? wanted.get(name) : (known.get(name) ?? undefined);
    return facts === undefined ? [] : [facts];
  });
  const { version, project, environment } = last ?? begun;
  return { version, project, environment, objects, tables };
}

function byKey(bundle: Bundle | undefined): ReadonlyMap<ObjectKey, DesiredObject> {
  return new Map(bundle?.objects.map((each) => [keyOf(each), each]));
}

/** Whether the incomplete deployment has written it. */
function isNew(object: DesiredObject, before: ReadonlyMap<ObjectKey, DesiredObject>): boolean {
  const was = before.get(keyOf(object));
  return was === undefined || !sameJson(was.body, object.body);
}

function tablesOf({ kind, tables }: DesiredObject): readonly string[] {
  return kind === "notebook" || kind === "pipeline" ? tables : [];
}
