/** Resolves an environment of medal.json for a program: the values of params, replaced sources, the lake. */
import { type Diagnostic, diagnostic } from "../diagnostics/diagnostic.ts";
import { holdsSecret, isSecretName } from "../diagnostics/secrets.ts";
import { nameHint } from "../diagnostics/suggest.ts";
import type { ParamPlan, Program, SourcePlan } from "../plan/program.ts";
import {
  type BlockSpec,
  choicesText,
  expectedInstead,
  type Settings,
  services,
  sourceKinds,
} from "../semantics/settings.ts";
import type { Span } from "../source.ts";
import { typeText } from "../types.ts";
import type { AzureConfig, Config, EnvironmentConfig, Scalar, SparkConfig } from "./config.ts";
import { joinPath } from "./paths.ts";

/** The environment of this machine: always exists and is never deployed to. */
export const LOCAL = "local";

export interface Environment {
  readonly name: string;
  /**
   * The value of every param that has one: from the command line, otherwise medal.json, otherwise the program's
   * default.
   */
  readonly params: Readonly<Record<string, Scalar>>;
  /** Replacements of the program's sources, by name. */
  readonly sources: Readonly<Record<string, SourceOverride>>;
  /** The folder of the lake, for local runs. */
  readonly lake: string;
  /** `python` is resolved relative to medal.json's folder if it is a path and not a command. */
  readonly spark: SparkConfig;
  readonly azure: AzureConfig;
}

export type SourceOverride =
  /** A folder with the files that the source would provide; see docs/lake.md. */
  | { readonly kind: "folder"; readonly folder: string }
  /** Properties that override those of the same name. */
  | { readonly kind: "settings"; readonly settings: Readonly<Record<string, Scalar>> };

/** A value from the command line, `--param name=value`, not converted yet. */
export interface ParamArgument {
  readonly name: string;
  readonly value: string;
}

/** The location of problems with the command line, which has no text to point at. */
export const COMMAND_LINE: Span = { file: "", start: 0, end: 0 };

/** The names of all environments except `local`, in the order of medal.json. */
export function deployableEnvironments(config: Config): readonly string[] {
  return [...config.environments.keys()].filter((name) => name !== LOCAL);
}

/** The diagnostic for an unknown environment; undefined if it exists. `local` always exists. */
export function unknownEnvironment(config: Config, name: string): Diagnostic | undefined {
  if (name === LOCAL || config.environments.has(name)) return undefined;
  const known = [...new Set([LOCAL, ...config.environments.keys()])];
  return diagnostic("unknown-environment", COMMAND_LINE, { name }, nameHint(name, known, "Available:"));
}

/** Resolves an environment for a program. One that medal.json does not contain is empty. */
export function resolveEnvironment(
  config: Config,
  program: Program,
  name: string,
  paramArguments: readonly ParamArgument[] = [],
): { readonly environment: Environment; readonly diagnostics: readonly Diagnostic[] } {
  const written: EnvironmentConfig = config.environments.get(name) ?? {};
  const diagnostics: Diagnostic[] = [];
  const params: Record<string, Scalar> = {};

  for (const param of program.params) if (param.value !== undefined) params[param.name] = param.value;
  for (const [paramName, value] of Object.entries(written.params ?? {})) {
    const path = ["environments", name, "params", paramName];
    const problem = paramProblem(program, paramName, value, (part) => config.spanOf(path, part));
    if (problem === undefined) params[paramName] = value;
    else diagnostics.push(problem);
  }
  for (const argument of paramArguments) {
    const param = program.params.find((each) => each.name === argument.name);
    const value = param === undefined ? argument.value : typedValue(param, argument.value);
    const problem = paramProblem(program, argument.name, value, () => COMMAND_LINE);
    if (problem === undefined) params[argument.name] = value;
    else diagnostics.push(problem);
  }

  const sources: Record<string, SourceOverride> = {};
  for (const [sourceName, properties] of Object.entries(written.sources ?? {})) {
    const source = program.sources.find((each) => each.name === sourceName);
    const path = ["environments", name, "sources", sourceName];
    if (source === undefined) {
      const hint = nameHint(
        sourceName,
        program.sources.map((each) => each.name),
        "Available sources:",
      );
      diagnostics.push(diagnostic("config-unknown-source", config.spanOf(path, "name"), { name: sourceName }, hint));
      continue;
    }
    if (typeof properties.folder === "string") {
      sources[sourceName] = { kind: "folder", folder: joinPath(config.folder, properties.folder) };
      continue;
    }
    diagnostics.push(...settingProblems(source, properties, path, config));
    sources[sourceName] = { kind: "settings", settings: properties };
  }
  diagnostics.push(...paramRules(program, params, (param) => placeOfParam(config, name, paramArguments, param)));
  const lake = joinPath(config.folder, written.lake ?? defaultLake(name));
  const { spark = {}, azure = {} } = written;
  return { environment: { name, params, sources, lake, spark: sparkOf(spark, config), azure }, diagnostics };
}

/** Each environment has its own lake, because its sources may provide other data. */
function defaultLake(environment: string): string {
  return environment === LOCAL ? ".medal/lake" : `.medal/lake-${environment}`;
}

function sparkOf(written: SparkConfig, { folder }: Config): SparkConfig {
  if (!written.python?.includes("/")) return written;
  return { ...written, python: joinPath(folder, written.python) };
}

/** A diagnostic for each param without a value in the environment, at its declaration. */
export function missingParams(program: Program, environment: Environment): readonly Diagnostic[] {
  return program.params
    .filter(({ name }) => !Object.hasOwn(environment.params, name))
    .map(({ name, span }) => diagnostic("config-missing-param", span, { name, environment: environment.name }));
}

/** The location of a param's value. */
function placeOfParam(
  config: Config,
  environment: string,
  paramArguments: readonly ParamArgument[],
  { name, span }: ParamPlan,
): Span {
  if (paramArguments.some((each) => each.name === name)) return COMMAND_LINE;
  const isWritten = Object.hasOwn(config.environments.get(environment)?.params ?? {}, name);
  return isWritten ? config.spanOf(["environments", environment, "params", name]) : span;
}

/**
 * Checks values of params, which become part of the output: they must fit the settings that use them and not look like
 * secrets.
 */
function paramRules(
  program: Program,
  params: Readonly<Record<string, Scalar>>,
  spanOf: (param: ParamPlan) => Span,
): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const param of program.params) {
    const value = params[param.name];
    if (value === undefined) continue;
    if (typeof value === "string" && holdsSecret(value)) {
      found.push(diagnostic("plain-secret", spanOf(param), { name: param.name }));
      continue;
    }
    for (const { settings, spec } of blocksOf(program)) {
      for (const [name, setting] of Object.entries(settings)) {
        const known = spec[name];
        if (setting.kind !== "param" || setting.name !== param.name || known === undefined) continue;
        const expected = expectedInstead(known, value);
        if (expected !== undefined) found.push(diagnostic("invalid-setting", spanOf(param), { name, expected }));
      }
    }
  }
  return found;
}

/** The settings of the program's services and sources, with what is known of each. */
function blocksOf(program: Program): readonly { readonly settings: Settings; readonly spec: BlockSpec }[] {
  const { lake, ingest, compute, serve, notify, sources } = program;
  const used = Object.entries({ lake, ingest, compute, serve, notify }).flatMap(([role, service]) => {
    const spec = service && services[role]?.[service.kind];
    return service === undefined || spec === undefined ? [] : [{ settings: service.settings, spec }];
  });
  return [...used, ...sources.map(({ kind, settings }) => ({ settings, spec: sourceKinds[kind].settings }))];
}

function paramProblem(
  program: Program,
  name: string,
  value: Scalar,
  spanOf: (part: "name" | "value") => Span,
): Diagnostic | undefined {
  const param = program.params.find((each) => each.name === name);
  if (param === undefined) {
    const hint = nameHint(
      name,
      program.params.map((each) => each.name),
      "Available params:",
    );
    return diagnostic("config-unknown-param", spanOf("name"), { name }, hint);
  }
  if (fits(param, value)) return undefined;
  return diagnostic("config-param-type", spanOf("value"), {
    name,
    type: typeText(param.type),
    value: isSecretName(name) ? "this value" : JSON.stringify(value),
  });
}

function fits(param: ParamPlan, value: Scalar): boolean {
  switch (param.type.kind) {
    case "bool":
      return typeof value === "boolean";
    case "int":
    case "long":
      return typeof value === "number" && Number.isSafeInteger(value);
    case "double":
    case "decimal":
      return typeof value === "number";
    default:
      return typeof value === "string";
  }
}

/** Converts a text from the command line to the param's type; returns the text if it is invalid. */
function typedValue(param: ParamPlan, text: string): Scalar {
  if (param.type.kind === "string") return text;
  if (param.type.kind === "bool") return text === "true" ? true : text === "false" ? false : text;
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

/** Reports properties that this kind of source does not have. A source with a `folder` does not get here. */
function settingProblems(
  source: SourcePlan,
  properties: Readonly<Record<string, Scalar>>,
  path: readonly string[],
  config: Config,
): readonly Diagnostic[] {
  const known = [...Object.keys(source.settings), "folder"];
  return Object.entries(properties).flatMap(([name, value]) => {
    if (!known.includes(name)) {
      const params = { source: source.name, kind: source.kind, name };
      const hint = nameHint(name, known, "Available settings:");
      return [diagnostic("config-unknown-setting", config.spanOf([...path, name], "name"), params, hint)];
    }
    const choices = sourceKinds[source.kind].settings[name]?.choices;
    if (choices === undefined || choices.some((each) => each === value)) return [];
    return [diagnostic("invalid-setting", config.spanOf([...path, name]), { name, expected: choicesText(choices) })];
  });
}
