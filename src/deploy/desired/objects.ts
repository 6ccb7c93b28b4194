/** All that an environment is to have. */
import type { OutputFile } from "../../codegen/files.ts";
import type { EnvironmentValues } from "../../codegen/target.ts";
import type { Program } from "../../plan/program.ts";
import { type DesiredObject, keyOf } from "../object.ts";
import { desiredAdf } from "./adf.ts";
import { desiredCatalogTables } from "./catalog-tables.ts";
import { desiredDatabricks } from "./databricks.ts";
import { desiredStorage } from "./storage.ts";
import { desiredSynapse } from "./synapse.ts";

/**
 * The objects of a program in an environment, service by service.
 * @param files what the program compiles to in this environment
 */
export function desiredObjects(
  program: Program,
  environment: EnvironmentValues,
  files: readonly OutputFile[],
): readonly DesiredObject[] {
  const objects = [
    ...desiredStorage(program, environment),
    ...desiredDatabricks(files, environment.name),
    ...desiredCatalogTables(program, environment),
    ...desiredAdf(files),
    ...desiredSynapse(program, environment),
  ];
  const known = new Set(objects.map(keyOf));
  return objects.map((object) => ({ ...object, needs: [...new Set(object.needs)].filter((key) => known.has(key)) }));
}
