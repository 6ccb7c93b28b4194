/**
 * Hides secrets: programs contain none, but somebody may have written one into a service manually. A Key
 * Vault reference is an object, `{ type: "AzureKeyVaultSecret", secretName: … }`, and is shown.
 */
import { holdsSecret, isSecretName, SECRET_WORDS } from "../diagnostics/secrets.ts";
import { isList, isObject } from "./json.ts";
import type { Json } from "./object.ts";

export const NOT_SHOWN = "(not shown)";

/** In the objects of services, `key` is a secret, and `credential` is only a name. */
export function isHiddenName(name: string): boolean {
  return name !== "credential" && (isSecretName(name) || /^key$/i.test(name));
}

/** A property's name, or that of its container: `{ "api_password": { "defaultValue": … } }`. */
export function nameWithin(holder: string, property: string): string {
  return /^(default_?)?value$|^default$/i.test(property) && isHiddenName(holder) ? holder : property;
}

/** The value without secrets. `name`: the name of its property. */
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

/** A line of a notebook or a view is shown completely or not at all. */
export function hiddenLine(line: string): string {
  return holdsSecret(line) || ASSIGNED.test(line) ? NOT_SHOWN : line;
}
