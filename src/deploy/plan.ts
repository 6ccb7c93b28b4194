/**
 * Compares the desired with the actual objects and plans the changes. A pure function: the same input gives the same plan.
 */
import { safeName } from "../codegen/shared/names.ts";
import { COMMAND_LINE } from "../config/environment.ts";
import { type Diagnostic, diagnostic, hasErrors } from "../diagnostics/diagnostic.ts";
import type { Blocked, Change, DeployPlan, PlanWarning } from "./deploy-plan.ts";
import type { Bundle } from "./deployment-record.ts";
import { type Difference, differencesBetween } from "./diff.ts";
import { tableEffects } from "./effects.ts";
import { hashOf, sameJson } from "./json.ts";
import { type Context, leftoversOf } from "./leftovers.ts";
import { isMadeByRuns, pendingEntries } from "./made-by-runs.ts";
import { comparableBody } from "./normalize/body.ts";
import { type ActualObject, type DesiredObject, keyOf, type ObjectKey, SERVICES } from "./object.ts";
import { orderSteps, type Step } from "./order.ts";
import { isGround, isMade, isOurs, markOf, type Owner } from "./ownership.ts";
import type { TableFacts } from "./table-facts.ts";

export interface PlanInput {
  readonly project: string;
  readonly environment: string;
  readonly desired: readonly DesiredObject[];
  /** The facts of the program's tables. */
  readonly tables: readonly TableFacts[];
  /** All objects with the project's mark or with the name of a desired object. */
  readonly actual: readonly ActualObject[];
  /** Undefined before the first deployment. */
  readonly lastBundle: Bundle | undefined;
  /** Objects to adopt. */
  readonly adopt: ReadonlySet<ObjectKey>;
  /** Tables whose folders are deleted; `actual` has the existing ones. */
  readonly destroy?: ReadonlySet<string>;
  /** Objects that are not destroyed although they carry the project's mark and are not desired. */
  readonly keep?: ReadonlySet<ObjectKey>;
  /** Triggers that were stopped manually and stay stopped, although the program starts them. */
  readonly held?: ReadonlySet<ObjectKey>;
  /** Triggers that an interrupted deployment may have stopped or started, which is not drift. */
  readonly told?: ReadonlySet<ObjectKey>;
  /** Tables: only objects that build or serve them are deployed, with their missing dependencies. Everything by default. */
  readonly select?: ReadonlySet<string> | undefined;
}

export interface Planned {
  readonly plan: DeployPlan;
  /** With errors the plan must not be applied. */
  readonly diagnostics: readonly Diagnostic[];
}

export function createPlan(asked: PlanInput): Planned {
  const { project, environment, select, adopt, destroy = new Set(), keep = new Set() } = asked;
  const held = asked.desired.filter(({ runs }) => runs === false).map(keyOf);
  const context = contextOf(asked);
  // Kept objects need their dependencies.
  const input = { ...asked, keep: withNeeds(keep, withLastNeeds(context)) };
  const selected = selectedKeys(input, context);
  const leftovers = leftoversOf(context, { owner: input, keep: input.keep ?? new Set(), selected });
  const { found, blocked, unchanged } = compareAll(input, context, selected, leftovers.destroyed);
  const diagnostics = [
    ...otherEnvironment(input),
    ...sharedSchemas(input),
    ...unknownAdoptions(input, context),
    ...declaredTableProblems(input, destroy),
    ...blocked.map((each) => inTheWay(each, project)),
    ...stillUsed(found, input, context, selected),
  ];
  const warnings = [...warningsOf(input, context), ...leftovers.stays, ...heldTriggers(input)];
  const steps = orderSteps(found, context.desired, withLastNeeds(context), (trigger) => isOurs(trigger, input));
  const bundle = nextBundle(input, context, selected, leftovers.folders);
  const plan: DeployPlan = {
    version: 1,
    project,
    environment,
    scope: {
      ...(select ? { select: [...select].sort() } : {}),
      adopt: [...adopt].sort(),
      destroy: [...destroy].sort(),
      ...(keep.size > 0 ? { keep: [...keep].sort() } : {}),
      ...(held.length > 0 ? { held: held.sort() } : {}),
    },
    world: worldOf(bundle, input.actual),
    changes: withEffects(sortedChanges(found, steps), input, context, warnings),
    unchanged,
    blocked,
    warnings,
    steps: hasErrors(diagnostics) ? [] : steps,
    bundle,
  };
  return { plan, diagnostics };
}

/** Whether the services have changed since the plan was made; `actual` was read for its bundle. */
export function hasMoved(plan: DeployPlan, actual: readonly ActualObject[]): boolean {
  return worldOf(plan.bundle, actual) !== plan.world;
}

/** Hash of the state that a plan depends on: objects with the project's mark or the name of a desired object. */
function worldOf(bundle: Bundle, actual: readonly ActualObject[]): string {
  const wanted = new Set(bundle.objects.map(keyOf));
  const relevant = actual.filter((each) => {
    // Runs may change them while somebody reads the plan; a schema that is not wanted is kept in any case.
    if (isMadeByRuns(each)) return false;
    return wanted.has(keyOf(each)) || (isOurs(each, bundle) && each.kind !== "catalogSchema");
  });
  return hashOf(
    Object.fromEntries(
      relevant.map(
        (each) =>
          [keyOf(each), [each.body, each.project ?? null, each.environment ?? null, each.runs ?? null]] as const,
      ),
    ),
  );
}

function contextOf({ desired, actual, lastBundle }: PlanInput): Context {
  return { desired: byKey(desired), actual: byKey(actual), last: byKey(lastBundle?.objects ?? []) };
}

function byKey<T extends DesiredObject | ActualObject>(objects: readonly T[]): ReadonlyMap<ObjectKey, T> {
  const entries = objects.map((each) => [keyOf(each), each] as const);
  return new Map(entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** Services do not report all dependencies; those of the last deployment are added. */
function withLastNeeds({ actual, last }: Context): ReadonlyMap<ObjectKey, ActualObject> {
  return new Map(
    [...actual].map(([key, there]) => [key, { ...there, needs: [...there.needs, ...(last.get(key)?.needs ?? [])] }]),
  );
}

function withNeeds(keys: ReadonlySet<ObjectKey>, actual: ReadonlyMap<ObjectKey, ActualObject>): ReadonlySet<ObjectKey> {
  const found = new Set(keys);
  for (const key of found) for (const need of actual.get(key)?.needs ?? []) found.add(need);
  return found;
}

/** A change without its effects on data. */
interface Found {
  readonly key: ObjectKey;
  readonly action: Change["action"];
  readonly object: DesiredObject | ActualObject;
  readonly differences: readonly Difference[];
  /** Whether the body is written; otherwise a trigger is only started or stopped. */
  readonly writes: boolean;
}

interface Compared {
  readonly found: readonly Found[];
  readonly blocked: readonly Blocked[];
  readonly unchanged: number;
}

function compareAll(
  input: PlanInput,
  { desired, actual, last }: Context,
  selected: ReadonlySet<ObjectKey>,
  destroyed: ReadonlySet<ObjectKey>,
): Compared {
  const found: Found[] = [];
  const blocked: Blocked[] = [];
  let unchanged = 0;
  for (const [key, object] of desired) {
    if (!selected.has(key)) continue;
    const there = actual.get(key);
    if (isMadeByRuns(object)) {
      if (there === undefined) continue;
      if (isOurs(there, input)) unchanged += 1;
      else blocked.push({ key, kind: there.kind, ...otherOwner(there, input) });
      continue;
    }
    if (there === undefined) {
      found.push({ key, action: "add", object, differences: [], writes: true });
      continue;
    }
    const differences = differencesBetween(there, object);
    const ours = isOurs(there, input) && isMade(there, last);
    if (differences.length === 0 && (ours || (isGround(object) && !input.adopt.has(key)))) unchanged += 1;
    else if (ours)
      found.push({ key, action: "change", object, differences, writes: !sameJson(there.body, object.body) });
    else if (input.adopt.has(key)) found.push({ key, action: "adopt", object, differences, writes: true });
    else blocked.push({ key, kind: there.kind, ...otherOwner(there, input) });
  }
  for (const [key, there] of actual) {
    if (destroyed.has(key)) found.push({ key, action: "destroy", object: there, differences: [], writes: true });
  }
  return { found, blocked, unchanged };
}

/** As `olist` or, if only the environment differs, `olist in dev`. */
function otherOwner(there: ActualObject, owner: Owner): Pick<Blocked, "project"> {
  const { project, environment } = there;
  if (project === undefined || isOurs(there, owner)) return {};
  const isSame = project === markOf(there.service, owner.project);
  return { project: isSame && environment !== undefined ? `${project} in ${environment}` : project };
}

/** The keys in the scope of the plan, desired or actual. */
function selectedKeys({ select }: PlanInput, { desired, actual, last }: Context): ReadonlySet<ObjectKey> {
  if (select === undefined) return new Set([...desired.keys(), ...actual.keys(), ...last.keys()]);
  const makes = (object: DesiredObject | undefined): boolean =>
    object?.tables.some((table) => select.has(table)) ?? false;
  const selected = new Set(
    [...desired.keys(), ...actual.keys()].filter(
      (key) => makes(desired.get(key) ?? last.get(key)) || actual.get(key)?.kind === "table",
    ),
  );
  // Missing dependencies are included; existing ones are not touched.
  for (const key of selected) {
    for (const need of desired.get(key)?.needs ?? []) if (!actual.has(need)) selected.add(need);
  }
  return selected;
}

function unknownAdoptions({ adopt }: PlanInput, { desired, actual }: Context): readonly Diagnostic[] {
  return [...adopt]
    .filter((key) => !desired.has(key) || !actual.has(key))
    .map((key) => diagnostic("plan-adopt-unknown", COMMAND_LINE, { key }));
}

/** The tables of two environments in one lake would replace each other. */
function otherEnvironment({ environment, project, actual, adopt }: PlanInput): readonly Diagnostic[] {
  return actual.flatMap((there) => {
    const { kind, environment: other } = there;
    const isOther = there.project === project && other !== undefined && other !== environment;
    if (kind !== "container" || !isOther || adopt.has(keyOf(there))) return [];
    return [diagnostic("plan-other-environment", COMMAND_LINE, { environment, other, key: keyOf(there) })];
  });
}

/** Readers of a schema can read all its views, so each project needs its own. */
function sharedSchemas(input: PlanInput): readonly Diagnostic[] {
  const { project, desired, actual, adopt } = input;
  return desired.flatMap(({ kind, name }) => {
    if (kind !== "schema") return [];
    const other = actual.find(
      (each) =>
        each.kind === "view" &&
        each.name.startsWith(`${name}.`) &&
        each.project !== undefined &&
        each.project !== markOf("synapse", project) &&
        !adopt.has(keyOf(each)),
    );
    if (other?.project === undefined) return [];
    const params = { schema: name, owner: other.project, own: safeName(project) };
    return [diagnostic("plan-schema-shared", COMMAND_LINE, params)];
  });
}

/** The rows of a declared table are not deleted: the next run would rebuild them. */
function declaredTableProblems({ tables }: PlanInput, destroy: ReadonlySet<string>): readonly Diagnostic[] {
  return tables
    .filter(({ name }) => destroy.has(name))
    .map(({ name }) => diagnostic("plan-table-wanted", COMMAND_LINE, { table: name }));
}

function inTheWay({ key, kind, project: owner }: Blocked, project: string): Diagnostic {
  if (kind === "catalogTable") return diagnostic("plan-catalog-table", COMMAND_LINE, { key });
  if (kind === "catalogSchema" && owner !== undefined) {
    return diagnostic("plan-other-project", COMMAND_LINE, { key, owner });
  }
  if (isGround({ kind })) return diagnostic("plan-differs", COMMAND_LINE, { key });
  return owner === undefined
    ? diagnostic("plan-unmarked", COMMAND_LINE, { key, project })
    : diagnostic("plan-other-project", COMMAND_LINE, { key, owner });
}

/** A destroyed object must not be used by a remaining one: the services would fail halfway. */
function stillUsed(
  found: readonly Found[],
  input: PlanInput,
  { desired, actual }: Context,
  selected: ReadonlySet<ObjectKey>,
): readonly Diagnostic[] {
  const actions = new Map(found.map(({ key, action }) => [key, action]));
  return [...actual].flatMap(([user, there]) => {
    const action = actions.get(user);
    if (action === "destroy") return [];
    const needs = action === undefined ? there.needs : (desired.get(user)?.needs ?? []);
    return needs
      .filter((key) => actions.get(key) === "destroy")
      .map((key) => {
        const { why, hint } = reasonToStay(user, there, input, selected);
        return diagnostic("plan-still-used", COMMAND_LINE, { key, user, why }, { hint });
      });
  });
}

/** The reason why an object that uses a destroyed one is kept, with a hint. */
function reasonToStay(
  user: ObjectKey,
  there: ActualObject,
  input: PlanInput,
  selected: ReadonlySet<ObjectKey>,
): { readonly why: string; readonly hint: string } {
  if (!isOurs(there, input)) {
    return {
      why: "it does not belong to this project",
      hint: `Remove the reference from ${user}, or keep what it uses in the program.`,
    };
  }
  if (!selected.has(user)) {
    return { why: "it is not selected", hint: "Select its tables too, or plan without `--select`." };
  }
  return {
    why: "it carries the project's ownership mark, but no deployment created it",
    hint: `Delete ${user} if nobody needs it, or remove the reference from it.`,
  };
}

function warningsOf(input: PlanInput, { desired, actual, last }: Context): readonly PlanWarning[] {
  const kept = [...(input.keep ?? [])].filter((key) => actual.has(key) && !desired.has(key));
  const stays = kept.map((key): PlanWarning => ({ kind: "stays", key }));
  const found = [...last].flatMap(([key, deployed]): PlanWarning[] => {
    const there = actual.get(key);
    const wanted = desired.get(key);
    if (isGround(deployed) && wanted === undefined) return [{ kind: "stays", key }];
    if (kept.includes(key) || isMadeByRuns(deployed)) return [];
    if (there === undefined) return wanted === undefined ? [] : [{ kind: "gone", key }];
    if (!isOurs(there, input) && !isGround(there)) return [];
    // A manual change that matches the program is not drift.
    if (wanted !== undefined && differencesBetween(there, wanted).length === 0) return [];
    const known = { ...deployed, body: comparableBody(deployed, there.body) };
    const differences = differencesBetween({ ...there, ...sides(known) }, { ...known, ...sides(there) });
    const byHand = input.told?.has(key) ? differences.filter(({ path }) => path !== "runs") : differences;
    return byHand.length === 0 ? [] : [{ kind: "drift", key, differences: byHand }];
  });
  return [...found, ...pendingEntries(input, { desired, actual }), ...stays];
}

function sides({ body, runs }: DesiredObject | ActualObject): Pick<DesiredObject, "body" | "runs"> {
  return runs === undefined ? { body } : { body, runs };
}

/** By service, then in the order of the steps. */
function sortedChanges(found: readonly Found[], steps: readonly Step[]): readonly Found[] {
  const places = new Map(steps.toReversed().map(({ key }, at) => [key, -at]));
  const rank = ({ object }: Found): number => SERVICES.indexOf(object.service);
  return found.toSorted((a, b) => rank(a) - rank(b) || (places.get(a.key) ?? 0) - (places.get(b.key) ?? 0));
}

function withEffects(
  found: readonly Found[],
  { tables, lastBundle }: PlanInput,
  { last, desired }: Context,
  warnings: readonly PlanWarning[],
): readonly Change[] {
  const effects = tableEffects(lastBundle?.tables, tables);
  const drifted = new Set(warnings.flatMap((each) => (each.kind === "drift" ? [each.key] : [])));
  const listed = new Set<string>();
  return found.map(({ key, action, object: { service, kind, name }, differences }) => {
    const known = [...(desired.get(key)?.tables ?? []), ...(last.get(key)?.tables ?? [])];
    const made = kind === "table" || kind === "catalogTable" ? [name] : [...new Set(known)];
    const all = effects.of({ kind, action, tables: made, isDrifted: drifted.has(key) });
    const fresh = all.filter(({ table }) => !listed.has(table));
    for (const { table } of fresh) listed.add(table);
    return { service, kind, name, key, action, differences, effects: fresh };
  });
}

/** Triggers that stay stopped. */
function heldTriggers({ held }: PlanInput): readonly PlanWarning[] {
  return [...(held ?? [])].sort().map((key) => ({ kind: "held", key }));
}

/** The previously deployed objects that are not selected; a folder kept by others can still be removed later. */
function nextBundle(
  { project, environment, tables, select, lastBundle }: PlanInput,
  { desired, last }: Context,
  selected: ReadonlySet<ObjectKey>,
  folders: ReadonlySet<ObjectKey>,
): Bundle {
  const objects = [
    ...[...last].filter(([key]) => !selected.has(key) && !folders.has(key)),
    // A folder that is kept for others has no permissions of the program any more.
    ...[...last].filter(([key]) => folders.has(key)).map(([key, each]) => [key, { ...each, body: {} }] as const),
    ...[...desired].filter(([key]) => selected.has(key)),
  ];
  return {
    version: 1,
    project,
    environment,
    objects: [...byKey(objects.map(([, object]) => object)).values()],
    tables: select === undefined ? tables : mergedTables(tables, select, lastBundle),
  };
}

function mergedTables(
  tables: readonly TableFacts[],
  select: ReadonlySet<string>,
  lastBundle: Bundle | undefined,
): readonly TableFacts[] {
  const known = new Map(lastBundle?.tables.map((each) => [each.name, each]));
  const now = tables.flatMap((each) => (select.has(each.name) ? [each] : (known.get(each.name) ?? [])));
  const names = new Set(tables.map(({ name }) => name));
  return [...now, ...[...known.values()].filter(({ name }) => !names.has(name) && !select.has(name))];
}
