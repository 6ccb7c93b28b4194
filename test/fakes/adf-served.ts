/**
 * How the service gives back what it was given: the same to a reader, not to a comparison of texts. Some of it is seen in
 * factories (keys in another order, `string` for `String`, empty lists and policies filled in by what was published from
 * the portal); all of it may happen, so a deployment has to see through all of it.
 */
import type { Json } from "../codegen/adf/support.ts";

export function asServed(body: Json): Json {
  return objectServed(body);
}

function served(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(served);
  return typeof value === "object" && value !== null ? objectServed({ ...value }) : value;
}

function objectServed(object: Json): Json {
  const filled = { ...object, ...defaultsOf(object) };
  const entries = Object.entries(filled).map(([key, value]) => [key, recased(key, value, filled)]);
  return Object.fromEntries(entries.toReversed());
}

/** The kinds of parameters and variables are written small by the portal. */
function recased(key: string, value: unknown, object: Json): unknown {
  if (key !== "parameters" && key !== "variables") return served(value);
  if ("referenceName" in object || "pipelineReference" in object || typeof value !== "object") return served(value);
  const declared = Object.entries(Object(value)).map(([name, each]) => {
    const { type } = Object(each);
    const small = ["String", "Int", "Bool", "Array", "Object", "Float", "SecureString"].includes(type);
    return [name, small ? { ...objectServed({ ...Object(each) }), type: type.toLowerCase() } : served(each)];
  });
  return Object.fromEntries(declared);
}

/** What the object does not say and means anyway, by the descriptions in the service's schema. */
function defaultsOf(object: Json): Json {
  const isActivity = "typeProperties" in object && "name" in object && "type" in object;
  const isPolicy = "timeout" in object && ("retry" in object || "retryIntervalInSeconds" in object);
  const isFrame = "annotations" in object;
  const isLoop = "items" in object && "activities" in object;
  return {
    ...(isActivity ? missing(object, { dependsOn: [], userProperties: [] }) : {}),
    ...(isPolicy ? missing(object, { retry: 0, secureInput: false, secureOutput: false }) : {}),
    ...(isFrame && "linkedServiceName" in object ? missing(object, { schema: [], parameters: {} }) : {}),
    ...(isLoop ? missing(object, { isSequential: false }) : {}),
  };
}

function missing(object: Json, defaults: Json): Json {
  return Object.fromEntries(Object.entries(defaults).filter(([name]) => !(name in object)));
}
