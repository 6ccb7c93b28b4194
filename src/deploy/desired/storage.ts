/** The container of the lake. No file says it: the program and the environment do. */
import { requiredText } from "../../codegen/shared/settings.ts";
import type { EnvironmentValues } from "../../codegen/target.ts";
import type { Program } from "../../plan/program.ts";
import type { DesiredObject } from "../object.ts";

export function desiredStorage(program: Program, environment: EnvironmentValues): readonly DesiredObject[] {
  const name = requiredText(program.lake.settings, "container", environment);
  // Its folders hold data: runs make them, no deployment does.
  return [{ service: "storage", kind: "container", name, body: {}, needs: [], tables: [], file: "manifest.json" }];
}
