/** Programs for the tests of the Data Factory target, and what it makes of them. */
import { readFileSync } from "node:fs";
import { adfTarget } from "../../../src/codegen/adf/index.ts";
import type { OutputFile } from "../../../src/codegen/files.ts";
import type { EmitContext, EnvironmentValues } from "../../../src/codegen/target.ts";
import { check, plan } from "../../../src/compile.ts";
import { hasErrors } from "../../../src/diagnostics/diagnostic.ts";
import type { Program } from "../../../src/plan/program.ts";
import { root } from "../../support/paths.ts";

/** The plan of a program; throws where it has an error. */
export function programOf(text: string, path = "main.medal"): Program {
  const host = {
    readFile: (each: string) => (each === path ? text : undefined),
    listPrograms: () => [path],
    isFolder: () => false,
  };
  const result = check(host, [path]);
  const program = plan(result);
  if (!program) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  return program;
}

export function exampleProgram(): Program {
  return programOf(readFileSync(`${root}/examples/ecommerce.medal`, "utf8"), "examples/ecommerce.medal");
}

const exampleParams = (stage: string): EnvironmentValues["params"] => ({
  storage_account: `olist${stage}`,
  factory: `olist-df-${stage}`,
  databricks_workspace: `adb-100.1.azuredatabricks.net`,
  databricks_resource_id: `/subscriptions/s/resourceGroups/olist-${stage}/providers/Microsoft.Databricks/workspaces/olist`,
  synapse_workspace: `olist-${stage}`,
  erp_host: `erp.${stage}.example.com`,
});

export const exampleContext: EmitContext = {
  environment: { name: "dev", params: exampleParams("dev") },
  environments: [
    { name: "dev", params: exampleParams("dev") },
    { name: "prod", params: exampleParams("prod") },
  ],
};

export function contextOf(params: EnvironmentValues["params"] = {}): EmitContext {
  const environment = { name: "dev", params };
  return { environment, environments: [environment] };
}

/** The files of a program that the target has no error about. */
export function emitted(program: Program, context: EmitContext = contextOf()): readonly OutputFile[] {
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
