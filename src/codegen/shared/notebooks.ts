/** Where the notebooks lie: the bundle has them, Data Factory runs them. */
import { type Program, qualifiedName } from "../../plan/program.ts";
import { createNames, safeName } from "./names.ts";

/** The notebook of each table, `silver.orders`, as a path below the bundle without its ending: `notebooks/silver/orders`. */
export function notebookPaths(program: Program): ReadonlyMap<string, string> {
  const names = { silver: createNames(), gold: createNames() };
  return new Map(
    program.tables.map((table) => [
      qualifiedName(table),
      `notebooks/${table.layer}/${names[table.layer].take(table.name)}`,
    ]),
  );
}

/** The bundle's folder in the workspace. What the bundle holds lies in its folder `files`. */
export function bundleRoot(program: Program): string {
  return `/Workspace/Shared/medalc/${safeName(program.name)}`;
}
