/**
 * Values that nobody is to see: our programs hold none, but somebody may have written one into a service by hand. A Key
 * Vault reference is an object, `{ type: "AzureKeyVaultSecret", secretName: … }`, and is shown.
 */
import { holdsSecret } from "../config/secrets.ts";
import { isList, isObject } from "./json.ts";
import type { Json } from "./object.ts";

export const NOT_SHOWN = "(not shown)";

const SECRET_NAME = /passw(or)?d|passphrase|secret|token|encrypted_?credential|connection_?string|[a-z]_?key$|^sas/i;
/** What has such a word in it and is a name all the same. */
const ONLY_A_NAME = /(name|scope|version|task_?key|cluster_?key)$/i;

export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name) && !ONLY_A_NAME.test(name);
}

/** The value without secrets. `name`: of the property that holds it. */
export function hidden(value: Json, name = ""): Json {
  if (typeof value === "string") return isSecretName(name) ? NOT_SHOWN : value.split("\n").map(hiddenLine).join("\n");
  if (isList(value)) return value.map((each) => hidden(each, name));
  if (!isObject(value)) return value;
  const isSecure = value.type === "SecureString";
  return Object.fromEntries(
    Object.entries(value).map(([property, each]) => [
      property,
      hidden(each, isSecure && property === "value" ? "secret" : property),
    ]),
  );
}

const ASSIGNED = /(passw(or)?d|passphrase|secret|token|[a-z]_?key)["']?\s*[:=,]\s*["'][^"']+["']/i;

/** A line of a notebook or a view, whole or not at all. */
export function hiddenLine(line: string): string {
  return holdsSecret(line) || ASSIGNED.test(line) ? NOT_SHOWN : line;
}
