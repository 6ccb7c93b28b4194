/** The origin of a load, as stored in its record: enough to distinguish sources, without secrets. */
import { relative } from "node:path";
import type { BronzePlan, Column, SourceObject } from "../../plan/program.ts";
import { isFailure } from "../errors.ts";
import type { Origin } from "../load-record.ts";
import { isSourceError } from "./failures.ts";
import { fileUrl } from "./http.ts";
import { parseMongoUri } from "./mongodb-uri.ts";
import { withoutSecrets } from "./redact.ts";
import { type Reach, type ReachedSource, reachSource, standInFile } from "./sources.ts";

export function originOf(
  source: ReachedSource,
  object: SourceObject,
  columns: readonly Pick<Column, "name">[],
  baseFolder: string,
): Origin {
  if (source.kind === "folder") return { kind: "file", path: portable(standInFile(source.folder, object), baseFolder) };
  switch (object.kind) {
    case "csv":
    case "json":
      if (source.kind === "http") return { kind: "http", url: withoutSecrets(fileUrl(source.baseUrl, object.path)) };
      break;
    case "table":
      if (source.kind === "postgres") {
        const { kind, host, port, database } = source;
        const { schema, table } = object;
        return { kind, host, port, database, schema, table, columns: columns.map(({ name }) => name) };
      }
      break;
    case "collection":
      if (source.kind === "mongodb") {
        const { kind, uri, database } = source;
        return { kind, server: parseMongoUri(uri).server, database, collection: object.collection };
      }
      break;
    default:
      return object satisfies never;
  }
  throw new Error(`${source.kind} has no ${object.kind}`);
}

/** The origin that the program declares for a table; undefined if it depends on a param or a secret without a value. */
export function declaredOrigin({ source, object, columns }: BronzePlan, reach: Reach): Origin | undefined {
  const plan = reach.program.sources.find(({ name }) => name === source);
  if (plan === undefined) return undefined;
  // Passwords are not part of an origin.
  const withAnySecret: Reach = { ...reach, secret: (name) => reach.secret(name) || "unknown" };
  try {
    return originOf(reachSource(plan, withAnySecret), object, columns, reach.baseFolder);
  } catch (error) {
    if (isFailure(error) || isSourceError(error)) return undefined;
    throw error;
  }
}

/** An origin in a message: `in/2026/orders.csv`, `public.orders (id, total) of postgres://erp:5432/shop`. */
export function originText(origin: Origin): string {
  switch (origin.kind) {
    case "file":
      return origin.path;
    case "http":
      return origin.url;
    case "postgres": {
      const { host, port, database, schema, table, columns } = origin;
      return `${schema}.${table} (${columns.join(", ")}) of postgres://${host}:${port}/${database}`;
    }
    case "mongodb":
      return `${origin.collection} of ${origin.server}/${origin.database}`;
    default:
      return origin satisfies never;
  }
}

function portable(path: string, baseFolder: string): string {
  const below = relative(baseFolder, path).replaceAll("\\", "/");
  return below.startsWith("../") ? path : below;
}

/** A load without an origin (of an older version or another program) matches none. */
export function isSameOrigin(a: Origin | undefined, b: Origin): boolean {
  return a !== undefined && a !== null && canonical(a) === canonical(b);
}

function canonical(origin: Origin): string {
  return JSON.stringify(Object.entries(origin).sort(([a], [b]) => (a < b ? -1 : 1)));
}
