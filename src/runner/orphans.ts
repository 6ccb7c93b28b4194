/** Finds folders in the lake of tables that the program no longer has. */
import { join } from "node:path";
import { builtTables, type Program, qualifiedName } from "../plan/program.ts";
import { createLake, foldersIn } from "./lake.ts";

const LAYERS = ["bronze", "parsed", "silver", "gold", "quarantine/bronze", "quarantine/silver", "quarantine/gold"];

/** The absolute paths of table folders without a table in the program, in the order of the layers. */
export async function leftoversIn(lakeFolder: string, program: Program): Promise<readonly string[]> {
  const lake = createLake(lakeFolder);
  const tables = builtTables(program).map(qualifiedName);
  const known = new Set([
    ...program.bronze.map(({ name }) => lake.loadsFolder(name)),
    ...[...tables, ...tables.map((name) => `quarantine.${name}`)].map(lake.tableFolder),
  ]);
  const layers = LAYERS.map(async (layer) => {
    const folder = join(lakeFolder, layer);
    return (await foldersIn(folder)).map((name) => join(folder, name));
  });
  return (await Promise.all(layers)).flat().filter((folder) => !known.has(folder));
}
