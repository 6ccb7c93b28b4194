/** Small pieces of the answers of a workspace. */
import type { Json } from "../../src/deploy/object.ts";
import type { FakeAnswer } from "./http.ts";

export type JsonObject = { readonly [name: string]: Json };

export function error(status: number, code: string, message: string): FakeAnswer {
  return { status, body: { error_code: code, message } };
}

export function objectIn(value: Json | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

export function listIn(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.map(objectIn) : [];
}
