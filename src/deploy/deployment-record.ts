/** The record of a deployment in the lake: the deployed objects and the facts of their tables. */

import { isList, isObject, type JsonObject } from "./json.ts";
import { normalBody } from "./normalize/body.ts";
import type { DesiredObject, Json } from "./object.ts";
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

/** Undefined for a text that is not in this version of the format. */
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

/** Only deployments write this file, so checking the version is sufficient. */
function isBundle(value: Json | undefined): value is JsonObject & Bundle {
  return isObject(value) && value.version === 1 && isList(value.objects) && isList(value.tables);
}
