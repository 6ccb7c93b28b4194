/** The example as a deployment sees it. */
import { emitAll } from "../../src/codegen/emit.ts";
import type { OutputFile } from "../../src/codegen/files.ts";
import { desiredObjects } from "../../src/deploy/desired/objects.ts";
import { type ActualObject, type DesiredObject, keyOf, type ObjectKey } from "../../src/deploy/object.ts";
import { exampleContext, exampleProgram } from "../codegen/support/compile.ts";

export function exampleFiles(): readonly OutputFile[] {
  return emitAll(exampleProgram(), exampleContext).files;
}

export function exampleObjects(): readonly DesiredObject[] {
  return desiredObjects(exampleProgram(), exampleContext.environment, exampleFiles());
}

/** What services have after they were given these objects by a project. */
export function deployed(objects: readonly DesiredObject[], project = "olist"): readonly ActualObject[] {
  return objects.map(({ service, kind, name, body, needs, runs }) => ({
    ...{ service, kind, name, body, needs, project },
    ...(runs === undefined ? {} : { runs }),
  }));
}

export function byKey<T extends DesiredObject | ActualObject>(objects: readonly T[], key: ObjectKey): T {
  const found = objects.find((each) => keyOf(each) === key);
  if (found === undefined) throw new Error(`there is no ${key}`);
  return found;
}
