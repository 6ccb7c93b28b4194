/** The parts of pipelines that load the rows in a range of a column, whatever the source. */
import type { Activity } from "../model.ts";
import { expression } from "../value.ts";

/** An expression: the table, an element of the ingest pipeline's `tables`. */
export const ITEM = "pipeline().parameters.item";

/** An expression: the problem of a source whose highest value is below that of the previous load. */
export function wentBack(to: string): string {
  return `concat('is ', if(empty(${to}), 'missing', ${to}), ', below ', variables('previous'), ', up to which it has been loaded')`;
}

export function setVariable(name: string, variableName: string, value: string, ...dependsOn: string[]): Activity {
  return { name, type: "SetVariable", dependsOn, typeProperties: { variableName, value: expression(value) } };
}

export function ifTrue(
  name: string,
  condition: string,
  activities: readonly Activity[],
  ...dependsOn: string[]
): Activity {
  return {
    name,
    type: "IfCondition",
    dependsOn,
    typeProperties: { expression: expression(condition) },
    inner: { ifTrueActivities: activities },
  };
}
