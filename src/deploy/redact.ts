/**
 * Values that nobody is to see: our programs hold none, but somebody may have written one into a service by hand. A Key
 * Vault reference is an object, `{ type: "AzureKeyVaultSecret", secretName: … }`, and is shown.
 */
import { holdsSecret, isSecretName, SECRET_WORDS } from "../diagnostics/secrets.ts";
import { isList, isObject } from "./json.ts";
import type { Json } from "./object.ts";

export const NOT_SHOWN = "(not shown)";

/** In a service's object `key` holds one, and `credential` the name of what is kept elsewhere. */
export function isHiddenName(name: string): boolean {
  return name !== "credential" && (isSecretName(name) || /^key$/i.test(name));
}

/** What a property tells by its name, or by what holds it: `{ "api_password": { "defaultValue": … } }`. */
export function nameWithin(holder: string, property: string): string {
  return /^(default_?)?value$|^default$/i.test(property) && isHiddenName(holder) ? holder : property;
}

/** The value without secrets. `name`: of the property that holds it. */
export function hidden(value: Json, name = ""): Json {
  if (typeof value === "string") return isHiddenName(name) ? NOT_SHOWN : value.split("\n").map(hiddenLine).join("\n");
  if (isList(value)) return value.map((each) => hidden(each, name));
  if (!isObject(value)) return value;
  const isSecure = value.type === "SecureString";
  // `{ "name": "password", "value": … }`
  const holder = typeof value.name === "string" && isHiddenName(value.name) ? value.name : name;
  return Object.fromEntries(
    Object.entries(value).map(([property, each]) => [
      property,
      hidden(each, isSecure && property === "value" ? "secret" : nameWithin(holder, property)),
    ]),
  );
}

/** `password = "…"`, `"accountKey": "…"`, `text("token", "…")`, `conf.set("fs.azure.account.key.olist.dfs…", "…")` */
const ASSIGNED = new RegExp(`(${SECRET_WORDS})[\\w.-]*["']?\\s*[:=,]\\s*["'][^"']+["']`, "i");

/** A line of a notebook or a view, whole or not at all. */
export function hiddenLine(line: string): string {
  return holdsSecret(line) || ASSIGNED.test(line) ? NOT_SHOWN : line;
}
