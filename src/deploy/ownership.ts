/** The ownership of objects, and the kinds of shared objects without an owner. */
import { safeName } from "../codegen/shared/names.ts";
import { projectInMark } from "../codegen/shared/serving-views.ts";
import { propertiesOf, textOf } from "./json.ts";
import { type ActualObject, type DesiredObject, type Kind, keyOf, type ObjectKey, type ServiceId } from "./object.ts";

/** Who owns objects: a project, in each environment by itself. */
export interface Owner {
  readonly project: string;
  readonly environment: string;
}

/** The project name in the ownership marks of a service. */
export function markOf(service: ServiceId, project: string): string {
  switch (service) {
    case "databricks":
      return safeName(project);
    case "synapse":
      return projectInMark(project);
    case "adf":
    case "storage":
      return project;
    default:
      return service satisfies never;
  }
}

/** The owner as the marks of a service name it. */
export function ownerIn(service: ServiceId, { project, environment }: Owner): Owner {
  // The targets of a bundle have safe names.
  return {
    project: markOf(service, project),
    environment: service === "databricks" ? safeName(environment) : environment,
  };
}

/** Marks without an environment are those of earlier versions. */
export function isOurs({ service, project, environment }: ActualObject, owner: Owner): boolean {
  const mark = ownerIn(service, owner);
  return project === mark.project && (environment === undefined || environment === mark.environment);
}

/** Recognises compiled notebooks by their text, because the workspace has no metadata for a mark. */
const COMPILED = /^# MAGIC (?:Compiled from `.*`: change it there\.|# The (?:lake|catalog))$/m;

/**
 * Whether an object with a desired name was created by a deployment, not by a person. In the project folder of the workspace
 * this is determined by the record of the last deployment or the notebook's text.
 */
export function isMade(there: ActualObject, last: ReadonlyMap<ObjectKey, DesiredObject>): boolean {
  if (there.kind !== "notebook" && there.kind !== "file") return true;
  return last.has(keyOf(there)) || COMPILED.test(textOf(propertiesOf(there.body).text) ?? "");
}

/**
 * Objects that several projects may share: created if missing, used if they match, and never destroyed, because others may
 * depend on them and the lake's container contains data.
 */
const GROUND: ReadonlySet<Kind> = new Set([
  ...(["container", "factory", "database", "credential", "dataSource", "schema", "user", "grant"] as const),
  ...(["catalogSchema"] as const),
]);

export function isGround({ kind }: { readonly kind: Kind }): boolean {
  return GROUND.has(kind);
}
