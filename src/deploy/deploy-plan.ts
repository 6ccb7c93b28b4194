/** A plan as data: what `deploy` carries out, exactly, now or after it was saved. */
import type { Bundle } from "./deployment-record.ts";
import type { Difference } from "./diff.ts";
import type { Effect } from "./effects.ts";
import type { Place } from "./endpoints.ts";
import { hashOf, isObject, type JsonObject } from "./json.ts";
import { type DesiredObject, type Json, type Kind, keyOf, type ObjectId, type ObjectKey } from "./object.ts";
import type { Step } from "./order.ts";

export interface DeployPlan {
  readonly version: 1;
  readonly project: string;
  readonly environment: string;
  /** What was asked for: to go on after it broke off, it is asked for again. */
  readonly scope: Scope;
  /** A hash of what the services had that the plan depends on; `hasMoved` tells whether they have something else now. */
  readonly world: string;
  /** Service by service, in the order in which they are done. */
  readonly changes: readonly Change[];
  /** How many objects are as they are to be. */
  readonly unchanged: number;
  /** What stands where something of ours is to be: with any of these there are no steps. */
  readonly blocked: readonly Blocked[];
  readonly warnings: readonly PlanWarning[];
  readonly steps: readonly Step[];
  /** What is deployed when all steps are done; it has the bodies that are written. */
  readonly bundle: Bundle;
}

export interface Scope {
  /** Tables; undefined for everything. */
  readonly select?: readonly string[];
  /** What is taken over although it is not ours. */
  readonly adopt: readonly ObjectKey[];
  /** Tables whose rows are removed: `gold.orders`. */
  readonly destroy: readonly string[];
  /** What is left as it is although it is ours and not wanted. */
  readonly keep?: readonly ObjectKey[];
  /** Triggers that are to stand still although the bundle has them run. */
  readonly held?: readonly ObjectKey[];
}

export interface Change extends ObjectId {
  readonly key: ObjectKey;
  /** `adopt`: it is another's, or nobody's, and the user named it. */
  readonly action: "add" | "change" | "adopt" | "destroy";
  /** From what is there to what is wanted; of what is added or destroyed none. */
  readonly differences: readonly Difference[];
  /** What becomes of data; each table is told of once in a plan. */
  readonly effects: readonly Effect[];
}

export interface Blocked {
  readonly key: ObjectKey;
  readonly kind: Kind;
  /** Undefined where it carries no mark. */
  readonly project?: string;
}

export type PlanWarning =
  /** Changed since the last deployment, and not by one; from what was deployed to what is there. */
  | { readonly kind: "drift"; readonly key: ObjectKey; readonly differences: readonly Difference[] }
  /** Removed since the last deployment, and not by one. */
  | { readonly kind: "gone"; readonly key: ObjectKey }
  /** No longer wanted, and not destroyed: others may stand on it. */
  | { readonly kind: "stays"; readonly key: ObjectKey }
  /** A folder of the project that is no longer wanted and stays, because something of others is in it. */
  | { readonly kind: "folder"; readonly key: ObjectKey }
  /** What somebody put into such a folder. */
  | { readonly kind: "foreign"; readonly key: ObjectKey }
  /** Carries the project's mark and was made by no deployment: a copy of something of ours, or older than the records. */
  | { readonly kind: "copy"; readonly key: ObjectKey }
  /** A trigger that somebody stopped, and that stays stopped. */
  | { readonly kind: "held"; readonly key: ObjectKey };

/** By key, what steps of a plan write. */
export function wantedIn(plan: DeployPlan): ReadonlyMap<ObjectKey, DesiredObject> {
  return new Map(plan.bundle.objects.map((each) => [keyOf(each), each]));
}

export function isEmptyPlan({ steps, blocked }: DeployPlan): boolean {
  return steps.length === 0 && blocked.length === 0;
}

/** A plan that was saved, with where it goes: carrying it out takes neither the program nor its medal.json. */
export interface SavedPlan {
  readonly place: Place;
  readonly plan: DeployPlan;
}

/** The seal tells whether somebody wrote in it. */
export function savedPlanText({ place, plan }: SavedPlan): string {
  const saved = { version: 1, place, plan };
  return `${JSON.stringify({ ...saved, seal: sealOf(saved) }, null, 2)}\n`;
}

/** Undefined for what is no plan of this version, and for one that was written in. */
export function readSavedPlan(text: string): SavedPlan | undefined {
  const { seal, ...saved } = parsed(text);
  return isSavedPlan(saved, seal) ? { place: saved.place, plan: saved.plan } : undefined;
}

function isSavedPlan(saved: JsonObject, seal: Json | undefined): saved is JsonObject & SavedPlan {
  return saved.version === 1 && seal === sealOf(saved);
}

function parsed(text: string): JsonObject {
  try {
    const value: Json = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** Of what JSON keeps: properties that are undefined do not count. */
function sealOf(plan: object): string {
  return hashOf(JSON.parse(JSON.stringify(plan)));
}
