/** What the Data Factory target makes of programs, in the forms that tests look at. */
import { adfTarget } from "../../../src/codegen/adf/index.ts";
import type { OutputFile } from "../../../src/codegen/files.ts";
import type { EmitContext } from "../../../src/codegen/target.ts";
import { hasErrors } from "../../../src/diagnostics/diagnostic.ts";
import type { Program } from "../../../src/plan/program.ts";
import { contextOf } from "../support/compile.ts";

/** The files of a program that the target has no error about. */
export function emitted(program: Program, context: EmitContext = contextOf({})): readonly OutputFile[] {
  const diagnostics = adfTarget.check(program, context);
  if (hasErrors(diagnostics)) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  return adfTarget.emit(program, context);
}

export type Json = { readonly [name: string]: unknown };

export interface GitObject {
  /** `pipeline`, `dataset`, … */
  readonly kind: string;
  readonly name: string;
  readonly properties: Json;
}

/** The objects of the Git folder. */
export function gitObjects(files: readonly OutputFile[]): readonly GitObject[] {
  return files
    .filter(({ path }) => !path.startsWith("adf/arm/"))
    .map(({ path, text }) => ({ kind: path.split("/")[1] ?? "", ...JSON.parse(text) }));
}

export function fileNamed(files: readonly OutputFile[], path: string): string {
  const file = files.find((each) => each.path === path);
  if (!file) throw new Error(`there is no ${path}; there are ${files.map((each) => each.path).join(", ")}`);
  return file.text;
}

/** Every object inside a value, the value itself among them. */
export function objectsIn(value: unknown): readonly Json[] {
  if (typeof value !== "object" || value === null) return [];
  const inside = Object.values(value).flatMap(objectsIn);
  return Array.isArray(value) ? inside : [{ ...value }, ...inside];
}

export function stringsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}
