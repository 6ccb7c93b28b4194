/** Programs for the tests of targets: compiled from text, or the example. */
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import type { EmitContext } from "../../../src/codegen/target.ts";
import { check, plan } from "../../../src/compile.ts";
import { hasErrors } from "../../../src/diagnostics/diagnostic.ts";
import type { Program } from "../../../src/plan/program.ts";
import { root } from "../../support/paths.ts";

/** The plan of a valid program. */
export function programOf(text: string): Program {
  const host = { readFile: () => text, listPrograms: () => [], isFolder: () => false };
  const result = check(host, ["main.medal"]);
  const program = plan(result);
  if (program === undefined) {
    const errors = result.diagnostics
      .filter((each) => hasErrors([each]))
      .map(({ code, message }) => `${code}: ${message}`);
    expect.fail(`the program has errors:\n${errors.join("\n")}`);
  }
  return program;
}

export function exampleProgram(): Program {
  return programOf(readFileSync(`${root}/examples/ecommerce.medal`, "utf8"));
}

/** A context of one environment, `prod`. */
export function contextOf(params: Readonly<Record<string, string | number | boolean>>): EmitContext {
  const environment = { name: "prod", params };
  return { environment, environments: [environment] };
}

/** Values for the params of the example. */
export const exampleContext: EmitContext = contextOf({
  storage_account: "olistlake",
  factory: "olist-df",
  databricks_workspace: "https://adb-1234567890123456.7.azuredatabricks.net",
  databricks_resource_id:
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/olist/providers/Microsoft.Databricks/workspaces/olist",
  synapse_workspace: "olist-synapse",
  erp_host: "erp.example.com",
});
