/**
 * What is deployed, in the one form that all services share: objects with a name, what they say and what has to be there
 * before them. Each service turns the compiled files into objects (desired) and what it has into objects (actual).
 */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** In the order in which they are deployed: the lake, what computes, what orchestrates, what serves. */
export const SERVICES = ["storage", "databricks", "adf", "synapse"] as const;
export type ServiceId = (typeof SERVICES)[number];

/** What kinds of objects a service has; in the order of creation. Destroying goes the other way. */
export const KINDS = {
  /**
   * A table's files are only ever removed, and only by name: runs make them. A blob is of others: it is known because it
   * lies among them.
   */
  storage: ["container", "table", "blob"],
  /** A file is nothing of ours: it is known because the folder that it lies in stays. */
  databricks: ["folder", "notebook", "file", "job"],
  adf: ["factory", "linkedService", "dataset", "pipeline", "trigger"],
  synapse: ["database", "credential", "dataSource", "schema", "view", "user", "grant"],
} as const satisfies Readonly<Record<ServiceId, readonly string[]>>;
export type Kind = (typeof KINDS)[ServiceId][number];

export interface ObjectId {
  readonly service: ServiceId;
  readonly kind: Kind;
  /** As the service has it: `pl_olist`, `/Shared/medalc/olist/silver/orders`, `gold.orders`. */
  readonly name: string;
}

/** `adf/pipeline/pl_olist`: one object in a deployment. Names differ by more than letter case. */
export type ObjectKey = string;

export function keyOf({ service, kind, name }: ObjectId): ObjectKey {
  return `${service}/${kind}/${name}`;
}

/** The way back. Throws where it is no key of an object. */
export function idOfKey(key: ObjectKey): ObjectId {
  const [service, kind, ...name] = key.split("/");
  for (const id of SERVICES) {
    const known = KINDS[id].find((each) => id === service && each === kind);
    if (known !== undefined && name.length > 0) return { service: id, kind: known, name: name.join("/") };
  }
  throw new Error(`${key} is no key of an object`);
}

/** An object as the program wants it. */
export interface DesiredObject extends ObjectId {
  /** In the normal form of its service: an object that says the same has an equal body. A text is `{ "text": … }`. */
  readonly body: Json;
  /** What it refers to, among the objects of the program. */
  readonly needs: readonly ObjectKey[];
  /** Of a trigger: whether it is to run. */
  readonly runs?: boolean;
  /** The tables that it makes or shows: `gold.orders`. Tells what a change does to data. */
  readonly tables: readonly string[];
  /** The compiled file that it stands in. */
  readonly file: string;
}

/** An object as the service has it. */
export interface ActualObject extends ObjectId {
  /** In the same normal form. */
  readonly body: Json;
  /** The project whose mark it carries; undefined without one. Only what carries ours is changed or destroyed. */
  readonly project: string | undefined;
  /** Of a trigger: whether it runs. */
  readonly runs?: boolean;
  /** What it refers to, as far as the service tells. */
  readonly needs: readonly ObjectKey[];
}
