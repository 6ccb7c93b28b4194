/** The paths of notebooks, for the bundle that contains them and for Data Factory, which runs them. */
import { builtTables, type Program, qualifiedName, type ServicePlan } from "../../plan/program.ts";
import type { EnvironmentValues } from "../target.ts";
import { createNames, safeName } from "./names.ts";
import { requiredText } from "./settings.ts";

/** The notebook of each table, `silver.orders`, as a path in the bundle without extension: `notebooks/silver/orders`. */
export function notebookPaths(program: Program): ReadonlyMap<string, string> {
  const names = { bronze: createNames(), silver: createNames(), gold: createNames() };
  return new Map(
    builtTables(program).map((table) => [
      qualifiedName(table),
      `notebooks/${table.layer}/${names[table.layer].take(table.name)}`,
    ]),
  );
}

/**
 * The bundle's folder in the workspace, `/Workspace/medalc/olist/prod`: each environment has its own, so that two in one
 * workspace are separate. The bundle's files are in its subfolder `files`.
 */
export function bundleRoot(program: Program, compute: ServicePlan, environment: EnvironmentValues): string {
  const folder = requiredText(compute.settings, "folder", environment).replace(/\/+$/, "");
  const inWorkspace = folder.startsWith("/Workspace/") ? folder : `/Workspace${folder}`;
  return `${inWorkspace}/${safeName(program.name)}/${safeName(environment.name)}`;
}

/** The key of the task that runs a notebook, `notebooks/silver/orders`: `silver_orders`. */
export function taskKey(notebookPath: string): string {
  return notebookPath.split("/").slice(1).join("_");
}
