/**
 * The common model of deployed objects for all services: objects with a name, a body and dependencies. Each service converts
 * the compiled files into desired objects and its own state into actual objects.
 */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** In the order of deployment: the lake, compute, orchestration, serving. */
export const SERVICES = ["storage", "databricks", "adf", "synapse"] as const;
export type ServiceId = (typeof SERVICES)[number];

/** The kinds of objects of each service, in the order of creation. Destroying uses the reverse order. */
export const KINDS = {
  /**
   * A table's files are only ever removed, and only by name: runs make them. A blob is of others: it is known because it
   * lies among them.
   */
  storage: ["container", "table", "blob"],
  /**
   * `file`: a foreign file, read because its folder has to be kept. `catalogTable`: the entry of a table in Unity Catalog,
   * which runs make and change; a deployment only removes it.
   */
  databricks: ["catalogSchema", "catalogTable", "folder", "notebook", "file", "job"],
  adf: ["factory", "linkedService", "dataset", "pipeline", "trigger"],
  synapse: ["database", "credential", "dataSource", "schema", "view", "user", "grant"],
} as const satisfies Readonly<Record<ServiceId, readonly string[]>>;
export type Kind = (typeof KINDS)[ServiceId][number];

export interface ObjectId {
  readonly service: ServiceId;
  readonly kind: Kind;
  /** The service's name for it: `pl_olist`, `/Shared/medalc/olist/silver/orders`, `gold.orders`. */
  readonly name: string;
}

/** An object to read. With a wanted body, what the program does not say is not read. */
export interface WantedId extends ObjectId {
  readonly body?: Json;
}

/** `adf/pipeline/pl_olist`: identifies an object in a deployment. Unique also case-insensitively. */
export type ObjectKey = string;

export function keyOf({ service, kind, name }: ObjectId): ObjectKey {
  return `${service}/${kind}/${name}`;
}

/** The inverse of `keyOf`. Throws if the key is not valid. */
export function idOfKey(key: ObjectKey): ObjectId {
  const id = parseKey(key);
  if (id === undefined) throw new Error(`${key} is not a valid object key`);
  return id;
}

/** Undefined if the key is not valid. */
export function parseKey(key: string): ObjectId | undefined {
  const [service, kind, ...name] = key.split("/");
  for (const id of SERVICES) {
    const known = KINDS[id].find((each) => id === service && each === kind);
    if (known !== undefined && name.length > 0) return { service: id, kind: known, name: name.join("/") };
  }
  return undefined;
}

/** An object declared by the program. */
export interface DesiredObject extends ObjectId {
  /** In the normal form of its service: equivalent objects have equal bodies. A text is `{ "text": … }`. */
  readonly body: Json;
  /** Its dependencies among the objects of the program. */
  readonly needs: readonly ObjectKey[];
  /** For a trigger: whether it should run. */
  readonly runs?: boolean;
  /** The tables that it builds or serves: `gold.orders`. Used for the effects on data. */
  readonly tables: readonly string[];
  /** The compiled file with its definition. */
  readonly file: string;
}

/** An object in a service. */
export interface ActualObject extends ObjectId {
  /** In the same normal form. */
  readonly body: Json;
  /** The project in its ownership mark; undefined without one. Only owned objects are changed or destroyed. */
  readonly project: string | undefined;
  /** The environment in the mark; undefined if the mark has none. */
  readonly environment?: string;
  /** The id that the service assigned, if others refer to it by that: of a job. */
  readonly id?: string;
  /** For a trigger: whether it runs. */
  readonly runs?: boolean;
  /** Its dependencies, as far as the service reports them. */
  readonly needs: readonly ObjectKey[];
}
