/** The record of a deployment in the lake: the deployed objects and the facts of their tables. */

import { isSynapseBody } from "./desired/synapse.ts";
import { isListOf, isObject, isText, type JsonObject, propertiesOf } from "./json.ts";
import { normalBody } from "./normalize/body.ts";
import { type DesiredObject, type Json, parseKey } from "./object.ts";
import type { TableFacts } from "./table-facts.ts";

export interface Bundle {
  readonly version: 1;
  readonly project: string;
  readonly environment: string;
  readonly objects: readonly DesiredObject[];
  readonly tables: readonly TableFacts[];
}

export function bundleText(bundle: Bundle): string {
  return `${JSON.stringify(bundle)}\n`;
}

/** Undefined for a text that is not in this version of the format, or damaged. */
export function readBundle(text: string): Bundle | undefined {
  const value = parsed(text);
  if (!isBundle(value)) return undefined;
  const { version, project, environment, objects, tables } = value;
  // Another version of medalc may have used another normal form.
  const normal = objects.map((each) => ({ ...each, body: normalBody(each, each.body) }));
  return { version, project, environment, objects: normal, tables };
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Everything that a deployment or a rollback reads from it, because people and programs can edit the file. */
export function isBundle(value: Json | undefined): value is JsonObject & Bundle {
  const { version, project, environment, objects, tables } = propertiesOf(value);
  const isNamed = version === 1 && isText(project) && isText(environment);
  return isNamed && isListOf(objects, isDesiredObject) && isListOf(tables, isTableFacts);
}

function isDesiredObject(value: Json): value is JsonObject & DesiredObject {
  const { service, kind, name, body, needs, runs, tables, file } = propertiesOf(value);
  if (!isText(service) || !isText(kind) || !isText(name)) return false;
  const id = parseKey(`${service}/${kind}/${name}`);
  if (id === undefined || !isObject(body) || !isBody({ ...id, body })) return false;
  const isState = runs === undefined || typeof runs === "boolean";
  return isState && isListOf(needs, isKey) && isListOf(tables, isText) && isText(file);
}

function isBody(object: Pick<DesiredObject, "service" | "kind" | "name"> & { readonly body: JsonObject }): boolean {
  if (object.service === "synapse") return isSynapseBody(object);
  return object.kind !== "notebook" || (isText(object.body.language) && isText(object.body.text));
}

/** Whether a value is the key of an object. */
export function isKey(value: Json): boolean {
  return isText(value) && parseKey(value) !== undefined;
}

function isTableFacts(value: Json): value is JsonObject & TableFacts {
  const { name, columns, keys, reads, definition } = propertiesOf(value);
  const isColumn = (column: Json): boolean => isText(propertiesOf(column).name) && isText(propertiesOf(column).type);
  const isTableKey = (key: Json): boolean => isListOf(key, isText);
  const isNamed = isText(name) && isText(definition);
  return isNamed && isListOf(columns, isColumn) && isListOf(keys, isTableKey) && isListOf(reads, isText);
}
