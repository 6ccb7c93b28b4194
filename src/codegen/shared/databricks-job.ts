/** The name of the job in the bundle, for the bundle that defines it and for what refers to it. */
import type { Program } from "../../plan/program.ts";
import type { EnvironmentValues } from "../target.ts";
import { safeName } from "./names.ts";

/** Its key in the bundle. */
export function jobKey(program: Program): string {
  return safeName(program.name);
}

/** What refers to the job in compiled files: its id is known when it has been deployed. */
export function jobReference(key: string, { name }: EnvironmentValues): string {
  return `databricks/job/${jobName(key, safeName(name))}`;
}

/** Its name in the workspace, where each environment has its own: `[prod] olist`. */
export function jobName(key: string, target: string): string {
  return `[${target}] ${key}`;
}
