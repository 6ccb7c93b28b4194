/** The schemas of registered tables in Unity Catalog, as resources of the bundle, with those who may use them. */
import type { Program, ServicePlan } from "../../plan/program.ts";
import { principalsIn } from "../../semantics/setting-rules.ts";
import { safeName } from "../shared/names.ts";
import { settingText } from "../shared/settings.ts";
import { catalogPlace, LAYERS, type Layer, maskedColumns } from "../shared/unity-catalog.ts";
import type { EnvironmentValues } from "../target.ts";

/** By layer; none for a program without a catalog. */
export function catalogSchemas(program: Program, compute: ServicePlan, environment: EnvironmentValues): object {
  if (catalogPlace(program, environment) === undefined) return {};
  return Object.fromEntries(LAYERS.map((layer) => [layer, schema(program, compute, environment, layer)]));
}

function schema(program: Program, compute: ServicePlan, environment: EnvironmentValues, layer: Layer): object {
  const grants = [...privileges(program, compute, environment, layer)];
  return {
    catalog_name: `\${var.catalog}`,
    name: `\${var.schema_prefix}${layer}`,
    comment: `The ${layer} tables of ${safeName(program.name)}`,
    properties: {
      medal_project: safeName(program.name),
      medal_environment: `\${bundle.target}`,
      medal_location: `\${var.lake}/${layer}`,
    },
    ...(grants.length === 0
      ? {}
      : { grants: grants.map(([principal, each]) => ({ principal, privileges: [...each].sort() })) }),
  };
}

/**
 * The job registers its tables; readers read gold. An identity that deploys the schemas owns them, so that a job that runs as
 * the same identity needs nothing.
 */
function privileges(
  program: Program,
  { settings }: ServicePlan,
  environment: EnvironmentValues,
  layer: Layer,
): ReadonlyMap<string, ReadonlySet<string>> {
  const granted = new Map<string, Set<string>>();
  const grant = (principal: string, names: readonly string[]): void => {
    granted.set(principal, new Set([...(granted.get(principal) ?? []), ...names]));
  };
  const runAs = settingText(settings.run_as, environment);
  const functions = maskedColumns(program).length === 0 ? [] : ["CREATE_FUNCTION"];
  if (runAs !== undefined) grant(runAs, ["USE_SCHEMA", "CREATE_TABLE", ...functions]);
  const readers = layer === "gold" ? settingText(settings.readers, environment) : undefined;
  for (const reader of readers === undefined ? [] : principalsIn(readers)) grant(reader, ["USE_SCHEMA", "SELECT"]);
  return granted;
}
