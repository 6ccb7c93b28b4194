/** Finds folders in the lake of tables that the program no longer has. */
import { join } from "node:path";
import { type Program, qualifiedName } from "../plan/program.ts";
import { createLake, foldersIn } from "./lake.ts";

const LAYERS = ["bronze", "silver", "gold", "quarantine/silver", "quarantine/gold"];

/** The absolute paths of table folders without a table in the program, in the order of the layers. */
export async function leftoversIn(lakeFolder: string, program: Program): Promise<readonly string[]> {
  const lake = createLake(lakeFolder);
  const tables = program.tables.map(qualifiedName);
  const relations = [
    ...program.bronze.map(({ name }) => `bronze.${name}`),
    ...tables,
    ...tables.map((name) => `quarantine.${name}`),
  ];
  const known = new Set(relations.map(lake.tableFolder));
  const layers = LAYERS.map(async (layer) => {
    const folder = join(lakeFolder, layer);
    return (await foldersIn(folder)).map((name) => join(folder, name));
  });
  return (await Promise.all(layers)).flat().filter((folder) => !known.has(folder));
}
