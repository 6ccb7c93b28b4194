/** The factory and what is in it, from the files of Data Factory's Git layout. */
import type { OutputFile } from "../../codegen/files.ts";
import { isObject, type JsonObject, objectsIn, propertiesOf, textOf } from "../json.ts";
import { normalAdf } from "../normalize/adf.ts";
import {
  type ActualObject,
  type DesiredObject,
  type Json,
  KINDS,
  type Kind,
  keyOf,
  type ObjectKey,
} from "../object.ts";
import { tablesOf } from "./tables.ts";

export function desiredAdf(files: readonly OutputFile[]): readonly DesiredObject[] {
  const found = files.flatMap((file) => {
    const kind = kindOf(file.path);
    return kind === undefined ? [] : [{ file, kind, raw: propertiesOf(JSON.parse(file.text)) }];
  });
  const factory = found.find(({ kind }) => kind === "factory");
  const inFactory = factory ? [keyOf({ service: "adf", kind: "factory", name: nameIn(factory.raw) })] : [];
  return found.map(({ file, kind, raw }): DesiredObject => {
    const said = kind === "factory" ? raw : propertiesOf(raw.properties);
    return {
      service: "adf",
      kind,
      name: nameIn(raw),
      body: normalAdf(kind, said),
      needs: kind === "factory" ? [] : [...inFactory, ...adfReferences(said)],
      tables: tablesOf(file),
      file: file.path,
      // The files have triggers stopped, for who publishes them by hand; a deployment starts them when all is in place.
      ...(kind === "trigger" ? { runs: true } : {}),
    };
  });
}

function kindOf(path: string): Kind | undefined {
  const [top, folder, name] = path.split("/");
  return top === "adf" && name !== undefined ? KINDS.adf.find((kind) => kind === folder) : undefined;
}

function nameIn(raw: JsonObject): string {
  const name = textOf(raw.name);
  if (name === undefined) throw new Error("an object of Data Factory has no name");
  return name;
}

const referenced: Readonly<Record<string, Kind>> = {
  linkedservicereference: "linkedService",
  datasetreference: "dataset",
  pipelinereference: "pipeline",
  triggerreference: "trigger",
};

/** The keys of jobs, in place of the ids that the workspace assigns: see `job-ids.ts`. */
const JOB = keyOf({ service: "databricks", kind: "job", name: "" });

/**
 * The objects that an object's properties refer to, without duplicates: wherever `referenceName` is beside a `type` that
 * ends in Reference, and the jobs that activities run. References to objects that no program makes (runtimes, credentials)
 * are not included.
 */
export function adfReferences(properties: Json): readonly ObjectKey[] {
  const keys = new Set<ObjectKey>();
  for (const each of objectsIn(properties)) {
    const kind = referenced[(textOf(each.type) ?? "").toLowerCase()];
    const name = textOf(each.referenceName);
    if (kind !== undefined && name !== undefined) keys.add(keyOf({ service: "adf", kind, name }));
    const job = textOf(each.jobId);
    if (job?.startsWith(JOB)) keys.add(job);
  }
  return [...keys];
}

/** The owner in the annotations of the properties: `["medalc", <project>, <environment>]`. */
export function ownerOfAdf(properties: Json): Pick<ActualObject, "project" | "environment"> {
  const annotations = isObject(properties) ? properties.annotations : undefined;
  const [mark, project, environment] = Array.isArray(annotations) ? annotations : [];
  if (mark !== "medalc" || typeof project !== "string") return { project: undefined };
  return { project, ...(typeof environment === "string" ? { environment } : {}) };
}
