/**
 * The places that environments must not share, because the objects in them have the same names in every environment. In a
 * Databricks workspace they have not: there the environment is part of the folder and of the job's name.
 */
import { type Diagnostic, diagnostic } from "../../diagnostics/diagnostic.ts";
import type { Program, ServicePlan } from "../../plan/program.ts";
import type { EmitContext, EnvironmentValues } from "../target.ts";
import { safeName } from "./names.ts";
import { placeOf, settingText } from "./settings.ts";
import { hasCatalog } from "./unity-catalog.ts";

interface SharedPlace {
  readonly what: string;
  readonly service: ServicePlan;
  /** The settings that identify it; the last one is usually the one that differs. */
  readonly settings: readonly string[];
}

/** The errors about environments that would replace each other's objects. */
export function checkEnvironments(program: Program, { environments }: EmitContext): readonly Diagnostic[] {
  const { lake, ingest, compute, serve } = program;
  const places: readonly SharedPlace[] = [
    { what: "lake", service: lake, settings: ["account", "container"] },
    ...(ingest ? [{ what: "data factory", service: ingest, settings: ["name"] }] : []),
    ...(compute && hasCatalog(program)
      ? [{ what: "place in Unity Catalog", service: compute, settings: ["catalog", "schema"] }]
      : []),
    ...(serve ? [{ what: "database", service: serve, settings: ["workspace", "database"] }] : []),
  ];
  return [
    ...places.flatMap(({ what, service, settings }) => {
      const valueIn = (environment: EnvironmentValues): string =>
        settings.flatMap((name) => settingText(service.settings[name], environment) ?? []).join("/");
      return sharing(environments, valueIn).map(([one, other]) => {
        const span = settings.map((name) => placeOf(program, service, name)).find((each) => each !== service.span);
        const params = { what, value: valueIn(other), one: one.name, other: other.name };
        return diagnostic("environments-share", span ?? service.span, params);
      });
    }),
    ...sharing(environments, ({ name }) => safeName(name)).map(([one, other]) => {
      const params = { what: "name in output files", value: safeName(other.name), one: one.name, other: other.name };
      return diagnostic("environments-share", program.span, params);
    }),
  ];
}

/** Azure's names do not distinguish upper and lower case. */
function sharing(
  environments: readonly EnvironmentValues[],
  valueIn: (environment: EnvironmentValues) => string,
): readonly (readonly [EnvironmentValues, EnvironmentValues])[] {
  const first = new Map<string, EnvironmentValues>();
  return environments.flatMap((each) => {
    const value = valueIn(each).toLowerCase();
    const known = first.get(value);
    if (known === undefined) first.set(value, each);
    return known === undefined ? [] : [[known, each] as const];
  });
}
