/** A plan as data: exactly what `deploy` applies, now or after it was saved. */
import { type Bundle, isBundle, isKey } from "./deployment-record.ts";
import type { Difference } from "./diff.ts";
import type { Effect } from "./effects.ts";
import type { Place } from "./endpoints.ts";
import { hashOf, isList, isListOf, isObject, isText, type JsonObject, propertiesOf } from "./json.ts";
import { type DesiredObject, type Json, type Kind, keyOf, type ObjectId, type ObjectKey } from "./object.ts";
import type { Step } from "./order.ts";

export interface DeployPlan {
  readonly version: 1;
  readonly project: string;
  readonly environment: string;
  /** The requested scope, needed to resume the deployment. */
  readonly scope: Scope;
  /** A hash of the state that the plan depends on; `hasMoved` detects changes. */
  readonly world: string;
  /** By service, in the order of the steps. */
  readonly changes: readonly Change[];
  /** The number of objects without changes. */
  readonly unchanged: number;
  /** Conflicting objects; with any of these the plan has no steps. */
  readonly blocked: readonly Blocked[];
  readonly warnings: readonly PlanWarning[];
  readonly steps: readonly Step[];
  /** The target state, with the bodies that are written. */
  readonly bundle: Bundle;
}

export interface Scope {
  /** Tables; undefined for everything. */
  readonly select?: readonly string[];
  /** Objects to adopt. */
  readonly adopt: readonly ObjectKey[];
  /** Tables whose rows are deleted: `gold.orders`. */
  readonly destroy: readonly string[];
  /** Owned objects that are kept although they are not desired. */
  readonly keep?: readonly ObjectKey[];
  /** Triggers that stay stopped although the bundle starts them. */
  readonly held?: readonly ObjectKey[];
}

export interface Change extends ObjectId {
  readonly key: ObjectKey;
  /** `adopt`: an object with another or no owner that the user named. */
  readonly action: "add" | "change" | "adopt" | "destroy";
  /** From the actual to the desired object; empty for added and destroyed objects. */
  readonly differences: readonly Difference[];
  /** The effects on data; each table is listed once in a plan. */
  readonly effects: readonly Effect[];
}

export interface Blocked {
  readonly key: ObjectKey;
  readonly kind: Kind;
  /** Undefined without an ownership mark. */
  readonly project?: string;
}

export type PlanWarning =
  /** Changed outside of deployments; from the deployed to the actual object. */
  | { readonly kind: "drift"; readonly key: ObjectKey; readonly differences: readonly Difference[] }
  /** Deleted outside of deployments. */
  | { readonly kind: "gone"; readonly key: ObjectKey }
  /** No longer in the program, and kept because others may depend on it. */
  | { readonly kind: "stays"; readonly key: ObjectKey }
  /** A project folder that is no longer needed and kept because it contains objects of others. */
  | { readonly kind: "folder"; readonly key: ObjectKey }
  /** An object of others in such a folder. */
  | { readonly kind: "foreign"; readonly key: ObjectKey }
  /** Carries the project's mark but was not created by a recorded deployment: a copy, or older than the records. */
  | { readonly kind: "copy"; readonly key: ObjectKey }
  /** The entry of a table in Unity Catalog that the next run changes. */
  | { readonly kind: "pending"; readonly key: ObjectKey; readonly differences: readonly Difference[] }
  /** A trigger that was stopped manually and stays stopped. */
  | { readonly kind: "held"; readonly key: ObjectKey };

/** The objects that the steps of a plan write, by key. */
export function wantedIn(plan: DeployPlan): ReadonlyMap<ObjectKey, DesiredObject> {
  return new Map(plan.bundle.objects.map((each) => [keyOf(each), each]));
}

export function isEmptyPlan({ steps, blocked }: DeployPlan): boolean {
  return steps.length === 0 && blocked.length === 0;
}

/** A saved plan with the locations of the services: it can be applied without the program and its medal.json. */
export interface SavedPlan {
  readonly place: Place;
  readonly plan: DeployPlan;
}

/** The seal is a checksum that detects edits. */
export function savedPlanText({ place, plan }: SavedPlan): string {
  const saved = { version: 1, place, plan };
  return `${JSON.stringify({ ...saved, seal: sealOf(saved) }, null, 2)}\n`;
}

/** Undefined for a plan of another version and for an edited plan. */
export function readSavedPlan(text: string): SavedPlan | undefined {
  const { seal, ...saved } = parsed(text);
  return isSavedPlan(saved, seal) ? { place: saved.place, plan: saved.plan } : undefined;
}

function isSavedPlan(saved: JsonObject, seal: Json | undefined): saved is JsonObject & SavedPlan {
  return saved.version === 1 && seal === sealOf(saved) && isObject(saved.place) && isPlan(saved.plan);
}

/** The seal excludes edits; this, a plan of another version of medalc. */
function isPlan(value: Json | undefined): boolean {
  const { version, project, environment, scope, world, changes, blocked, warnings, steps, bundle } =
    propertiesOf(value);
  const isNamed = version === 1 && isText(project) && isText(environment) && isText(world);
  const isKeyed = (item: Json): boolean => isKey(propertiesOf(item).key ?? null);
  const isStep = (item: Json): boolean => isKeyed(item) && isListOf(propertiesOf(item).after, isText);
  const isChange = (item: Json): boolean => {
    const { differences, effects } = propertiesOf(item);
    return isKeyed(item) && isList(differences) && isListOf(effects, isObject);
  };
  const isListed = isListOf(changes, isChange) && isListOf(blocked, isKeyed) && isListOf(warnings, isKeyed);
  return isNamed && isScope(scope) && isListed && isListOf(steps, isStep) && isBundle(bundle);
}

export function isScope(value: Json | undefined): boolean {
  const { select, adopt, destroy, keep, held } = propertiesOf(value);
  const isOptional = (list: Json | undefined, isItem: (item: Json) => boolean): boolean =>
    list === undefined || isListOf(list, isItem);
  const isObjects = isListOf(adopt, isKey) && isOptional(keep, isKey) && isOptional(held, isKey);
  return isObjects && isListOf(destroy, isText) && isOptional(select, isText);
}

function parsed(text: string): JsonObject {
  try {
    const value: Json = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** The checksum of the JSON, which omits undefined properties. */
function sealOf(plan: object): string {
  return hashOf(JSON.parse(JSON.stringify(plan)));
}
