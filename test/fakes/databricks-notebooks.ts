/** Folders, files and notebooks of a workspace: how they are imported, exported and listed. */
import { error, type JsonObject } from "./databricks-answers.ts";
import type { FakeAnswer } from "./http.ts";
import { zip } from "./zip.ts";

export const LONGEST_NOTEBOOK = 10 * 1024 * 1024;

export type Entry =
  | { readonly kind: "folder"; readonly id: number }
  | { readonly kind: "file"; readonly id: number }
  | { readonly kind: "notebook"; readonly id: number; readonly language: string; readonly text: string };

/** The comment that a notebook's first line begins with, by its language. */
const COMMENTS: Readonly<Record<string, string>> = { PYTHON: "#", SQL: "--", SCALA: "//", R: "#" };
export const ENDINGS: Readonly<Record<string, string>> = { PYTHON: "py", SQL: "sql", SCALA: "scala", R: "r" };

export function importInto(
  entries: Map<string, Entry>,
  path: string,
  body: JsonObject,
  newId: () => number,
): FakeAnswer {
  const { content, format, language, overwrite } = body;
  const there = entries.get(path);
  if (entries.get(parentOf(path))?.kind !== "folder") {
    return error(404, "RESOURCE_DOES_NOT_EXIST", `The parent folder (${parentOf(path)}) does not exist.`);
  }
  if (format !== "SOURCE") return error(400, "INVALID_PARAMETER_VALUE", "Only source is imported here.");
  if (typeof language !== "string" || COMMENTS[language] === undefined) {
    return error(400, "INVALID_PARAMETER_VALUE", "The language must be specified for imported notebooks.");
  }
  if (typeof content !== "string" || Buffer.from(content, "base64").toString("base64") !== content) {
    return error(400, "MALFORMED_REQUEST", "Could not parse request object: Failed to decode VALUE_STRING as base64");
  }
  if (there !== undefined && (there.kind !== "notebook" || overwrite !== true)) {
    return error(400, "RESOURCE_ALREADY_EXISTS", `Path (${path}) already exists.`);
  }
  const source = Buffer.from(content, "base64");
  if (source.length > LONGEST_NOTEBOOK) return tooLarge(path);
  const header = `${headerOf(language)}\n`;
  const text = source.toString("utf8");
  entries.set(path, {
    kind: "notebook",
    id: there?.id ?? newId(),
    language,
    text: text.startsWith(header) ? text.slice(header.length) : text,
  });
  return { status: 200, body: {} };
}

/** Always with the header, never with a line end at the end. */
export function sourceOf({ language, text }: Extract<Entry, { kind: "notebook" }>): string {
  return `${headerOf(language)}\n${text.replace(/\n$/, "")}`;
}

/** The notebooks of a folder, below its name. */
export function archive(entries: ReadonlyMap<string, Entry>, folder: string): Buffer {
  const above = parentOf(folder).length + 1;
  const inside = [...entries].flatMap(([path, entry]): (readonly [string, string])[] =>
    entry.kind === "notebook" && path.startsWith(`${folder}/`)
      ? [[`${path.slice(above)}.${ENDINGS[entry.language]}`, sourceOf(entry)]]
      : [],
  );
  return zip(new Map(inside));
}

function headerOf(language: string): string {
  return `${COMMENTS[language]} Databricks notebook source`;
}

export function statusOf(path: string, entry: Entry): JsonObject {
  const times = { created_at: 1_700_000_000_000, modified_at: 1_700_000_000_000 };
  const own = { path, object_id: entry.id, resource_id: String(entry.id) };
  switch (entry.kind) {
    case "folder":
      return { object_type: "DIRECTORY", ...own };
    case "file":
      return { object_type: "FILE", ...own, ...times };
    case "notebook":
      return { object_type: "NOTEBOOK", language: entry.language, ...own, ...times };
    default:
      return entry satisfies never;
  }
}

export function missing(path: string): FakeAnswer {
  return error(404, "RESOURCE_DOES_NOT_EXIST", `Path (${path}) doesn't exist.`);
}

export function tooLarge(path: string): FakeAnswer {
  return error(400, "MAX_NOTEBOOK_SIZE_EXCEEDED", `${path} exceeds the limit (${LONGEST_NOTEBOOK}).`);
}

export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}
