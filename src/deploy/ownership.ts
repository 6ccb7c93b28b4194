/** Whose an object is, and which objects nobody's mark is needed for. */
import { safeName } from "../codegen/shared/names.ts";
import { viewMark } from "../codegen/shared/serving-views.ts";
import { propertiesOf, textOf } from "./json.ts";
import { type ActualObject, type DesiredObject, type Kind, keyOf, type ObjectKey, type ServiceId } from "./object.ts";

/** The project's name as a service's marks have it. */
export function markOf(service: ServiceId, project: string): string {
  switch (service) {
    case "databricks":
      return safeName(project);
    case "synapse":
      return viewMark(project).replace("-- medalc: project ", "");
    case "adf":
    case "storage":
      return project;
    default:
      return service satisfies never;
  }
}

export function isOurs({ service, project: mark }: ActualObject, project: string): boolean {
  return mark === markOf(service, project);
}

/** What each notebook of ours says; the workspace has no place for a mark. */
const COMPILED = /^# MAGIC (?:Compiled from `.*`: change it there\.|# The lake)$/m;

/**
 * Whether something of a wanted name was made by a deployment and not by somebody who put it there. In the project's
 * folder of the workspace the place alone does not tell: the record of the last deployment does, or the notebook's text.
 */
export function isMade(there: ActualObject, last: ReadonlyMap<ObjectKey, DesiredObject>): boolean {
  if (there.kind !== "notebook" && there.kind !== "file") return true;
  return last.has(keyOf(there)) || COMPILED.test(textOf(propertiesOf(there.body).text) ?? "");
}

/**
 * What several projects may stand on: used as it is where it is as wanted, made where there is none, and never destroyed,
 * for others may stand on it and the lake's container holds data.
 */
const GROUND: ReadonlySet<Kind> = new Set([
  ...(["container", "factory", "database", "credential", "dataSource", "schema", "user", "grant"] as const),
]);

export function isGround({ kind }: { readonly kind: Kind }): boolean {
  return GROUND.has(kind);
}
