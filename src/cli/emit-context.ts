/** The values that `compile` writes: those of one environment, and of all environments in parameter files. */
import type { EmitContext, EnvironmentValues } from "../codegen/target.ts";
import type { Config } from "../config/config.ts";
import {
  deployableEnvironments,
  type Environment,
  missingParams,
  type ParamArgument,
  resolveEnvironment,
  unknownEnvironment,
} from "../config/environment.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Program } from "../plan/program.ts";

/** The environment's name if medal.json has none to deploy to and none is given: uses the program's defaults. */
const NAMELESS = "default";

type ChosenContext = { readonly diagnostics: readonly Diagnostic[] } & (
  | { readonly context: EmitContext; readonly environment: Environment }
  | { readonly context: undefined; readonly environment: undefined }
);

/**
 * The context for an environment, by default the first deployable one. Every param needs a value in every environment;
 * `--param` sets it in the chosen one.
 */
export function emitContextFor(
  config: Config,
  program: Program,
  name: string | undefined,
  params: readonly ParamArgument[],
): ChosenContext {
  const unknown = name === undefined ? undefined : unknownEnvironment(config, name);
  if (unknown !== undefined) return { context: undefined, environment: undefined, diagnostics: [unknown] };
  const written = deployableEnvironments(config);
  const deployable = written.length === 0 ? [name ?? NAMELESS] : written;
  const chosen = name ?? deployable[0] ?? NAMELESS;
  const diagnostics: Diagnostic[] = [];
  const resolved = (environmentName: string): Environment => {
    const given = environmentName === chosen ? params : [];
    const { environment, diagnostics: problems } = resolveEnvironment(config, program, environmentName, given);
    diagnostics.push(...problems, ...missingParams(program, environment));
    return environment;
  };
  const environment = resolved(chosen);
  const values = valuesOf(environment);
  const environments = deployable.map((each) => (each === chosen ? values : valuesOf(resolved(each))));
  return { context: { environment: values, environments }, environment, diagnostics };
}

function valuesOf({ name, params, azure: { cloud } }: Environment): EnvironmentValues {
  return { name, params, ...(cloud === undefined ? {} : { cloud }) };
}
