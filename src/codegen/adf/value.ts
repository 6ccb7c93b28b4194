/**
 * JSON of Data Factory's objects with unresolved params: the Git files get an environment's values, the ARM template gets its
 * parameters.
 */
import type { Setting } from "../../plan/program.ts";

export type Json = string | number | boolean | OpenText | readonly Json[] | JsonObject;
export type JsonObject = { readonly [name: string]: Json | undefined };

export type ParamValue = string | number | boolean;

const parts = Symbol("parts");

/** A text with params. A single param keeps its type. */
export interface OpenText {
  readonly [parts]: readonly Part[];
  /** Whether Data Factory evaluates expressions in it, so that texts that look like one are escaped. */
  readonly evaluated: boolean;
}

export type Part = string | OpenValue;
export type OpenValue = OpenParam | BuiltIn;

export interface OpenParam {
  readonly param: string;
  readonly reading?: Reading;
}

/** A value that is no param of the program: the environment, and what only a deployment knows. */
export interface BuiltIn {
  readonly builtIn: "environment" | "databricksJobId";
}

export function isBuiltIn(value: OpenValue): value is BuiltIn {
  return "builtIn" in value;
}

/** A conversion of a param's value: the host of a URL, the version of a runtime. */
export interface Reading {
  /** Unique per conversion. */
  readonly name: string;
  of(value: string): string;
}

/** Joins texts and settings: `` text`https://${account}.dfs.${host}` ``. A range is written as `1:4`. */
export function text(
  strings: TemplateStringsArray,
  ...values: readonly (string | Setting | OpenValue)[]
): string | OpenText {
  const joined: Part[] = [];
  const add = (part: Part): void => {
    const last = joined.at(-1);
    if (typeof part === "string" && typeof last === "string") joined[joined.length - 1] = last + part;
    else if (part !== "") joined.push(part);
  };
  for (const [index, fixed] of strings.entries()) {
    add(fixed);
    const value = values[index];
    if (value !== undefined) add(typeof value === "object" && "kind" in value ? settingPart(value) : value);
  }
  const [only] = joined;
  if (only === undefined) return "";
  return joined.length === 1 && typeof only === "string" ? only : { [parts]: joined, evaluated: false };
}

function settingPart(setting: Setting): Part {
  switch (setting.kind) {
    case "text":
      return setting.value;
    case "number":
    case "bool":
      return String(setting.value);
    case "range":
      return `${setting.from}:${setting.to}`;
    case "param":
      return { param: setting.name };
    case "secret":
      throw new Error(`secret.${setting.name} stands where only text can`);
    default:
      return setting satisfies never;
  }
}

/** A converted setting; for a param, converted when its value is known. */
export function read(setting: Setting, reading: Reading): Setting | OpenParam {
  if (setting.kind === "param") return { param: setting.name, reading };
  return setting.kind === "text" ? { ...setting, value: reading.of(setting.value) } : setting;
}

/** A param's value, unchanged or converted. */
export function valueOfParam({ reading }: OpenParam, value: ParamValue): ParamValue {
  return reading ? reading.of(String(value)) : value;
}

/** A setting as a JSON value of its type. */
export function plain(setting: Setting): Json {
  return setting.kind === "number" || setting.kind === "bool" ? setting.value : text`${setting}`;
}

export function isOpen(value: Json | undefined): value is OpenText {
  return typeof value === "object" && parts in value;
}

export function partsOf(value: OpenText): readonly Part[] {
  return value[parts];
}

/** A Data Factory expression: `@pipeline().parameters.load`. */
export function expression(value: string): JsonObject {
  return { value, type: "Expression" };
}

/** The same value where Data Factory evaluates expressions: everything else that looks like one is escaped. */
export function evaluated(value: JsonObject): JsonObject;
export function evaluated(value: Json): Json;
export function evaluated(value: Json): Json {
  if (typeof value === "string") return escapeExpressions(value);
  if (typeof value !== "object") return value;
  if (isOpen(value)) return { ...value, evaluated: true };
  if (isList(value)) return value.map(evaluated);
  if (value.type === "Expression") return value;
  return mapObject(value, evaluated);
}

/**
 * Escapes a text for Data Factory: `@` at the start becomes `@@`, and `@{` becomes `@@{`.
 * @param isStart whether the text is at the start of its value
 */
export function escapeExpressions(value: string, isStart = true): string {
  const inside = value.replaceAll("@{", "@@{");
  return isStart && inside.startsWith("@") && !inside.startsWith("@@{") ? `@${inside}` : inside;
}

/** Maps the texts and unresolved texts in a value. */
export function mapTexts(value: JsonObject, replace: (text: string | OpenText) => Json): JsonObject;
export function mapTexts(value: Json, replace: (text: string | OpenText) => Json): Json;
export function mapTexts(value: Json, replace: (text: string | OpenText) => Json): Json {
  if (typeof value === "string" || isOpen(value)) return replace(value);
  if (typeof value !== "object") return value;
  if (isList(value)) return value.map((each) => mapTexts(each, replace));
  return mapObject(value, (each) => mapTexts(each, replace));
}

function mapObject(value: JsonObject, change: (value: Json) => Json): JsonObject {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, each]) => (each === undefined ? [] : [[name, change(each)]])),
  );
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** All objects in a value, the value itself first. */
export function* objectsIn(value: Json): Generator<JsonObject> {
  if (typeof value !== "object" || isOpen(value)) return;
  if (!isList(value)) yield value;
  for (const each of Object.values(value)) if (each !== undefined) yield* objectsIn(each);
}

/** All unresolved texts in a value. */
export function* openTextsIn(value: Json): Generator<OpenText> {
  if (typeof value !== "object") return;
  if (isOpen(value)) yield value;
  else for (const each of Object.values(value)) if (each !== undefined) yield* openTextsIn(each);
}

/** The size in bytes of a value as compact JSON, without the values of params. */
export function bytesOf(value: Json): number {
  const known = (_: string, each: Json): Json =>
    isOpen(each)
      ? partsOf(each)
          .map((part) => (typeof part === "string" ? part : ""))
          .join("")
      : each;
  return new TextEncoder().encode(JSON.stringify(value, known)).length;
}
