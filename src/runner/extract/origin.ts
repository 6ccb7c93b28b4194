/** The origin of a load, as stored in its record: enough to distinguish sources, without secrets. */
import { relative } from "node:path";
import type { Column, SourceObject } from "../../plan/program.ts";
import type { Origin } from "../load-record.ts";
import { fileUrl } from "./http.ts";
import { parseMongoUri } from "./mongodb-uri.ts";
import { withoutSecrets } from "./redact.ts";
import { type ReachedSource, standInFile } from "./sources.ts";

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
