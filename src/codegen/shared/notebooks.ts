/** The paths of notebooks, for the bundle that contains them and for Data Factory, which runs them. */
import { type Program, qualifiedName } from "../../plan/program.ts";
import { createNames, safeName } from "./names.ts";

/** The notebook of each table, `silver.orders`, as a path in the bundle without extension: `notebooks/silver/orders`. */
export function notebookPaths(program: Program): ReadonlyMap<string, string> {
  const names = { silver: createNames(), gold: createNames() };
  return new Map(
    program.tables.map((table) => [
      qualifiedName(table),
      `notebooks/${table.layer}/${names[table.layer].take(table.name)}`,
    ]),
  );
}

/** The bundle's folder in the workspace. The bundle's files are in its subfolder `files`. */
export function bundleRoot(program: Program): string {
  return `/Workspace/Shared/medalc/${safeName(program.name)}`;
}
