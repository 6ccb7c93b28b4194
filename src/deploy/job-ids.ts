/**
 * References from pipelines to Databricks jobs. The workspace assigns a job's id when it is created, so compiled files and
 * bodies in normal form have the job's key in its place: `"jobId": "databricks/job/[prod] olist"`. It becomes the id when
 * the pipeline is written, and the id becomes the key when it is read.
 */
import { COMMAND_LINE } from "../config/environment.ts";
import { diagnostic } from "../diagnostics/diagnostic.ts";
import { failure } from "../runner/errors.ts";
import { adfReferences } from "./desired/adf.ts";
import { isList, isObject } from "./json.ts";
import { type ActualObject, type DesiredObject, idOfKey, type Json, keyOf, type ObjectKey } from "./object.ts";
import type { ServiceClient } from "./service.ts";

/** The objects as read, with the keys of known jobs in place of their ids. A foreign id remains as it is. */
export function withJobKeys(actual: readonly ActualObject[]): readonly ActualObject[] {
  const keys = new Map(actual.flatMap((each) => (each.id === undefined ? [] : [[each.id, keyOf(each)] as const])));
  if (keys.size === 0) return actual;
  return actual.map((each) => {
    if (each.kind !== "pipeline") return each;
    const body = mapJobIds(each.body, (id) => keys.get(id) ?? id);
    return { ...each, body, needs: [...new Set([...each.needs, ...adfReferences(body)])] };
  });
}

/** The object as it is sent: with the ids of the jobs. */
export async function withJobIds(object: DesiredObject, databricks: ServiceClient | undefined): Promise<DesiredObject> {
  if (object.kind !== "pipeline") return object;
  const jobs = adfReferences(object.body).filter((key) => idOfKey(key).kind === "job");
  const ids = new Map<ObjectKey, string>();
  for (const key of jobs) {
    const id = await databricks?.idOf?.(idOfKey(key));
    if (id === undefined) {
      const params = { job: idOfKey(key).name, pipeline: object.name };
      throw failure(diagnostic("adf-job-missing", COMMAND_LINE, params));
    }
    ids.set(key, id);
  }
  return ids.size === 0 ? object : { ...object, body: mapJobIds(object.body, (key) => ids.get(key) ?? key) };
}

function mapJobIds(value: Json, change: (id: string) => string): Json {
  if (isList(value)) return value.map((each) => mapJobIds(each, change));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name,
      name === "jobId" && (typeof each === "string" || typeof each === "number")
        ? change(String(each))
        : mapJobIds(each, change),
    ]),
  );
}
