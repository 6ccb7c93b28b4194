/**
 * The objects of the factory as an ARM template, and the factory itself as another: a template with the factory would reset
 * what an existing one has, such as its Git repository, keys, network rules and global parameters. Params of the program
 * become parameters of the template, with a parameter file for each environment. Objects that are too many for one template
 * are split into several, to be deployed in the order of their numbers with the same parameters.
 */
import type { ParamPlan, Program } from "../../plan/program.ts";
import { json, type OutputFile } from "../files.ts";
import { createNames } from "../shared/names.ts";
import { requiredText } from "../shared/settings.ts";
import type { EnvironmentValues } from "../target.ts";
import { chunks } from "./chunks.ts";
import type { Factory } from "./factory.ts";
import { LARGEST_TEMPLATE, MOST_TEMPLATE_RESOURCES } from "./limits.ts";
import { keyOf, type Resource, type ResourceKind, referencesOf } from "./model.ts";
import {
  type BuiltIn,
  escapeExpressions,
  isBuiltIn,
  isOpen,
  mapTexts,
  type OpenParam,
  type OpenText,
  type OpenValue,
  openTextsIn,
  type ParamValue,
  partsOf,
  valueOfParam,
} from "./value.ts";

const API_VERSION = "2018-06-01";
const FACTORY = "Microsoft.DataFactory/factories";

const collections: Readonly<Record<ResourceKind, string>> = {
  linkedService: "linkedservices",
  dataset: "datasets",
  pipeline: "pipelines",
  trigger: "triggers",
};

/** The template's parameters for the params of the program. */
export interface ArmParameter {
  readonly name: string;
  readonly param: ParamPlan;
  readonly open: OpenParam;
}

/** What a parameter of the template is for, besides the params of the program. */
const BUILT_IN: Readonly<Record<BuiltIn["builtIn"], string>> = {
  environment: "The environment of the objects; part of their ownership mark.",
  databricksJobId: "The ID of the deployed Databricks job that builds the tables.",
};

/** `adf/arm/template.json` (`template-2.json`, …), `factory.json` and `parameters.<environment>.json` beside it. */
export function armFiles(
  program: Program,
  factory: Factory,
  environments: readonly EnvironmentValues[],
): readonly OutputFile[] {
  const parameters = parametersOf(program, factory);
  const byKey = new Map(parameters.map((parameter) => [keyOfOpen(parameter.open), parameter]));
  const builtIns = builtInsOf(factory);
  const limit = { count: MOST_TEMPLATE_RESOURCES, weight: LARGEST_TEMPLATE };
  const parts = chunks(factory.resources, limit, ({ properties }) => bytes(json({ resources: [{ properties }] })));
  const templates = parts.map((part, index) => {
    const inPart = new Set(part.map(keyOf));
    const content = {
      ...TEMPLATE,
      parameters: {
        factoryName: factoryName(program, factory),
        ...Object.fromEntries(
          builtIns.map((name) => [name, { type: "string", metadata: { description: BUILT_IN[name] } }]),
        ),
        ...declarations(parameters),
      },
      variables: { factoryId: `[concat('${FACTORY}/', parameters('factoryName'))]` },
      resources: part.map((each) => resourceIn(each, inPart, byKey)),
    };
    const number = index === 0 ? "" : `-${index + 1}`;
    return { path: `adf/arm/template${number}.json`, text: json(content), from: ["project"] };
  });
  return [
    factoryFile(program, factory),
    ...templates,
    ...environments.map((environment) => parameterFile(factory, parameters, builtIns, environment)),
  ];
}

const TEMPLATE = {
  $schema: "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  contentVersion: "1.0.0.0",
};

/** The built-in parameters that the template uses. */
function builtInsOf({ resources }: Factory): readonly BuiltIn["builtIn"][] {
  const used = new Set<string>();
  for (const { properties } of resources) {
    for (const text of openTextsIn(properties)) {
      for (const part of partsOf(text)) if (typeof part !== "string" && isBuiltIn(part)) used.add(part.builtIn);
    }
  }
  return (["environment", "databricksJobId"] as const).filter((name) => used.has(name));
}

/** To be deployed once, where there is no factory yet. */
function factoryFile(program: Program, factory: Factory): OutputFile {
  const content = {
    ...TEMPLATE,
    parameters: {
      factoryName: factoryName(program, factory),
      location: {
        type: "string",
        defaultValue: "[resourceGroup().location]",
        metadata: { description: "The region of the data factory." },
      },
    },
    resources: [factoryResource],
  };
  return { path: "adf/arm/factory.json", text: json(content), from: ["project"] };
}

const factoryResource = {
  type: FACTORY,
  apiVersion: API_VERSION,
  name: "[parameters('factoryName')]",
  location: "[parameters('location')]",
  identity: { type: "SystemAssigned" },
  properties: {},
};

function resourceIn(
  resource: Resource,
  inPart: ReadonlySet<string>,
  parameters: ReadonlyMap<string, ArmParameter>,
): object {
  const { kind, name, properties } = resource;
  const dependsOn = referencesOf(resource)
    .filter((to) => inPart.has(keyOf(to)))
    .map((to) => `[concat(variables('factoryId'), '/${collections[to.kind]}/${to.name}')]`);
  return {
    type: `${FACTORY}/${collections[kind]}`,
    apiVersion: API_VERSION,
    name: `[concat(parameters('factoryName'), '/${name}')]`,
    dependsOn,
    properties: mapTexts(properties, (text) => (isOpen(text) ? openExpression(text, parameters) : literalText(text))),
  };
}

/** Only a text in brackets would be interpreted as a template expression. */
function literalText(text: string): string {
  return text.startsWith("[") && text.endsWith("]") ? `[${text}` : text;
}

function openExpression(text: OpenText, parameters: ReadonlyMap<string, ArmParameter>): string {
  const parts = partsOf(text);
  const written = parts.map((part, index) => {
    if (typeof part === "string") return quoted(text.evaluated ? escapeExpressions(part, index === 0) : part);
    if (isBuiltIn(part)) return `parameters('${part.builtIn}')`;
    const parameter = parameters.get(keyOfOpen(part));
    if (!parameter) throw new Error(`param.${part.param} is no parameter of the template`);
    const value = `parameters('${parameter.name}')`;
    return parts.length === 1 || parameterType(parameter) === "string" ? value : `string(${value})`;
  });
  return written.length === 1 ? `[${written[0]}]` : `[concat(${written.join(", ")})]`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The parameters that the template needs in addition to its own, in the order of the program. */
export function parametersOf(program: Program, factory: Factory): readonly ArmParameter[] {
  const opens = new Map<string, OpenParam>();
  for (const { properties } of factory.resources) {
    for (const text of openTextsIn(properties)) {
      for (const part of partsOf(text)) if (isParam(part)) opens.set(keyOfOpen(part), part);
    }
  }
  const names = createNames();
  for (const reserved of ["factoryName", ...Object.keys(BUILT_IN)]) names.take(reserved);
  const opensOf = Map.groupBy(opens.values(), ({ param }) => param);
  return program.params.flatMap((param) =>
    (opensOf.get(param.name) ?? []).map((open) => {
      const words = open.reading ? [param.name, open.reading.name] : [param.name];
      return { name: names.take(...words), param, open };
    }),
  );
}

function isParam(part: string | OpenValue): part is OpenParam {
  return typeof part !== "string" && !isBuiltIn(part);
}

function keyOfOpen({ param, reading }: OpenParam): string {
  return JSON.stringify([param, reading?.name]);
}

function factoryName(program: Program, { name }: Factory): object {
  const param = name.kind === "param" ? program.params.find((each) => each.name === name.name) : undefined;
  const known = name.kind === "text" ? name.value : param?.value;
  return { type: "string", ...defaultValue(known), metadata: { description: "The data factory." } };
}

function declarations(parameters: readonly ArmParameter[]): object {
  return Object.fromEntries(
    parameters.map((parameter) => {
      const { doc, value } = parameter.param;
      const known = value === undefined ? undefined : valueOfParam(parameter.open, value);
      const metadata = doc === undefined ? {} : { metadata: { description: doc } };
      return [parameter.name, { type: parameterType(parameter), ...defaultValue(known), ...metadata }];
    }),
  );
}

function defaultValue(value: ParamValue | undefined): object {
  if (value === undefined) return {};
  return { defaultValue: typeof value === "string" ? literalText(value) : value };
}

function parameterType({ param: { type }, open }: ArmParameter): "string" | "int" | "bool" {
  if (open.reading) return "string";
  if (type.kind === "bool") return "bool";
  return type.kind === "int" || type.kind === "long" ? "int" : "string";
}

function parameterFile(
  factory: Factory,
  parameters: readonly ArmParameter[],
  builtIns: readonly BuiltIn["builtIn"][],
  environment: EnvironmentValues,
): OutputFile {
  const values = parameters.flatMap(({ name, param, open }) => {
    const value = environment.params[param.name];
    return value === undefined ? [] : [[name, { value: valueOfParam(open, value) }]];
  });
  const content = {
    $schema: "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
    contentVersion: "1.0.0.0",
    parameters: {
      factoryName: { value: requiredText({ name: factory.name }, "name", environment) },
      ...(builtIns.includes("environment") ? { environment: { value: environment.name } } : {}),
      ...Object.fromEntries(values),
    },
  };
  return { path: `adf/arm/parameters.${environment.name}.json`, text: json(content), from: ["project"] };
}

function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}
