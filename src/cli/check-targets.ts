/** The checks of the targets in each environment of medal.json, without generating files. */
import { checkTargets } from "../codegen/check.ts";
import type { EnvironmentValues } from "../codegen/target.ts";
import type { Config, Scalar } from "../config/config.ts";
import { deployableEnvironments, missingParams, resolveEnvironment } from "../config/environment.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Program } from "../plan/program.ts";

/** Placeholder for a param that may be set later with `--param`; problems with its value are ignored. */
const NOT_SET_YET = "value-not-set-yet";

/** Each problem once, even if several environments have it. A param without a value in one of them is a warning. */
export function targetProblems(config: Config, program: Program): readonly Diagnostic[] {
  const written = deployableEnvironments(config);
  const missing: Diagnostic[] = [];
  const environments = (written.length === 0 ? ["default"] : written).map((name): EnvironmentValues => {
    const { environment } = resolveEnvironment(config, program, name);
    if (written.length > 0) missing.push(...missingParams(program, environment));
    const values = program.params.map((each): readonly [string, Scalar] => [
      each.name,
      environment.params[each.name] ?? NOT_SET_YET,
    ]);
    const { cloud } = environment.azure;
    return { name, params: Object.fromEntries(values), ...(cloud === undefined ? {} : { cloud }) };
  });
  const found = environments.flatMap((environment) => checkTargets(program, { environment, environments }));
  const known = found.filter(({ message }) => !message.includes(NOT_SET_YET));
  const problems = new Map(known.map((each) => [`${each.code} ${each.span.start} ${each.message}`, each]));
  return [...missing.map((each): Diagnostic => ({ ...each, severity: "warning" })), ...problems.values()];
}
