/** JSON values, compared without regard to the order of properties. */
import { createHash } from "node:crypto";
import type { Json } from "./object.ts";

export type JsonObject = { readonly [name: string]: Json };

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** A list of which every item passes the test. */
export function isListOf(value: Json | undefined, isItem: (item: Json) => boolean): boolean {
  return isList(value) && value.every(isItem);
}

export function isText(value: Json | undefined): value is string {
  return typeof value === "string";
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !isList(value);
}

export function sameJson(a: Json, b: Json): boolean {
  if (isList(a)) return isList(b) && a.length === b.length && a.every((each, at) => sameJson(each, b[at] ?? null));
  if (!isObject(a)) return a === b;
  if (!isObject(b)) return false;
  const entries = Object.entries(a);
  if (entries.length !== Object.keys(b).length) return false;
  return entries.every(([name, value]) => name in b && sameJson(value, b[name] ?? null));
}

/** The same value with sorted properties. */
export function sortKeys(value: Json): Json {
  if (isList(value)) return value.map(sortKeys);
  return isObject(value) ? objectOf(Object.entries(value).map(([name, each]) => [name, sortKeys(each)])) : value;
}

/** An object with these properties, sorted. */
export function objectOf(entries: Iterable<readonly [string, Json]>): JsonObject {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** Canonical JSON: equal values have the same text. */
export function canonical(value: Json): string {
  return JSON.stringify(sortKeys(value));
}

/** SHA-256 of the canonical JSON, in hex. */
export function hashOf(value: Json): string {
  return createHash("sha256").update(canonical(value)).digest("hex");
}

/** The properties of an object; empty for other values. */
export function propertiesOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

export function textOf(value: Json | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** All objects in a value, the value itself first. */
export function* objectsIn(value: Json): Generator<JsonObject> {
  if (isObject(value)) yield value;
  if (typeof value === "object" && value !== null) for (const each of Object.values(value)) yield* objectsIn(each);
}
