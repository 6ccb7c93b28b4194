/** The values that `compile` writes into files: of one environment where no parameter can stand, of all in parameter files. */
import type { EmitContext, EnvironmentValues } from "../codegen/target.ts";
import type { Config } from "../config/config.ts";
import {
  deployableEnvironments,
  missingParams,
  type ParamArgument,
  resolveEnvironment,
  unknownEnvironment,
} from "../config/environment.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Program } from "../plan/program.ts";

/** Where medal.json has no environment to deploy to and none is asked for: the program's own values under a name of ours. */
const NAMELESS = "default";

/**
 * The context for an environment, the first deployable one if none is asked for. Every param needs a value in every
 * environment; `--param` gives it in the chosen one.
 */
export function emitContextFor(
  config: Config,
  program: Program,
  name: string | undefined,
  params: readonly ParamArgument[],
): { readonly context: EmitContext | undefined; readonly diagnostics: readonly Diagnostic[] } {
  const unknown = name === undefined ? undefined : unknownEnvironment(config, name);
  if (unknown !== undefined) return { context: undefined, diagnostics: [unknown] };
  const written = deployableEnvironments(config);
  const deployable = written.length === 0 ? [name ?? NAMELESS] : written;
  const chosen = name ?? deployable[0] ?? NAMELESS;
  const diagnostics: Diagnostic[] = [];
  const valuesOf = (environmentName: string): EnvironmentValues => {
    const given = environmentName === chosen ? params : [];
    const { environment, diagnostics: problems } = resolveEnvironment(config, program, environmentName, given);
    diagnostics.push(...problems, ...missingParams(program, environment));
    const { cloud } = environment.azure;
    return { name: environmentName, params: environment.params, ...(cloud === undefined ? {} : { cloud }) };
  };
  const environment = valuesOf(chosen);
  const environments = deployable.map((each) => (each === chosen ? environment : valuesOf(each)));
  return { context: { environment, environments }, diagnostics };
}
