/**
 * The factory as an ARM template. What the program leaves to params, the template leaves to parameters; a file with their
 * values in each environment stands beside it. A factory too large for one template becomes several, to be deployed in
 * the order of their numbers with the same parameters.
 */
import type { ParamPlan, Program } from "../../plan/program.ts";
import { json, type OutputFile } from "../files.ts";
import { createNames } from "../shared/names.ts";
import { settingText } from "../shared/settings.ts";
import type { EnvironmentValues } from "../target.ts";
import { chunks } from "./chunks.ts";
import type { Factory } from "./factory.ts";
import { LARGEST_TEMPLATE, MOST_TEMPLATE_RESOURCES } from "./limits.ts";
import { type Resource, type ResourceKind, referencesOf } from "./model.ts";
import { escapeExpressions, isOpen, mapTexts, type OpenText, openTextsIn, partsOf } from "./value.ts";

const API_VERSION = "2018-06-01";
const FACTORY = "Microsoft.DataFactory/factories";

const collections: Readonly<Record<ResourceKind, string>> = {
  linkedService: "linkedservices",
  dataset: "datasets",
  pipeline: "pipelines",
  trigger: "triggers",
};

/** The template's name for each param of the program that stands in it. */
type ParameterNames = ReadonlyMap<ParamPlan, string>;

/** `adf/arm/template.json` (`template-2.json`, …) and `adf/arm/parameters.<environment>.json`. */
export function armFiles(
  program: Program,
  factory: Factory,
  environments: readonly EnvironmentValues[],
): readonly OutputFile[] {
  const names = parameterNames(paramsOf(program, factory));
  const expressions = new Map([...names].map(([param, name]) => [param.name, parameterExpressions(param, name)]));
  const limit = { count: MOST_TEMPLATE_RESOURCES, weight: LARGEST_TEMPLATE };
  const parts = chunks(factory.resources, limit, ({ properties }) => bytes(json({ resources: [{ properties }] })));
  const templates = parts.map((part, index) => {
    const isFirst = index === 0;
    const place = { inPart: new Set(part.map(keyOf)), withFactory: isFirst };
    const content = {
      $schema: "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
      contentVersion: "1.0.0.0",
      parameters: declarations(program, factory, names),
      variables: { factoryId: `[concat('${FACTORY}/', parameters('factoryName'))]` },
      resources: [...(isFirst ? [factoryResource] : []), ...part.map((each) => resourceIn(each, place, expressions))],
    };
    return { path: `adf/arm/template${isFirst ? "" : `-${index + 1}`}.json`, text: json(content), from: ["project"] };
  });
  return [...templates, ...environments.map((environment) => parameterFile(factory, names, environment))];
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
  { inPart, withFactory }: { readonly inPart: ReadonlySet<string>; readonly withFactory: boolean },
  expressions: ReadonlyMap<string, ParameterExpressions>,
): object {
  const { kind, name, properties } = resource;
  const dependsOn = referencesOf(resource)
    .filter((to) => inPart.has(keyOf(to)))
    .map((to) => `[concat(variables('factoryId'), '/${collections[to.kind]}/${to.name}')]`);
  return {
    type: `${FACTORY}/${collections[kind]}`,
    apiVersion: API_VERSION,
    name: `[concat(parameters('factoryName'), '/${name}')]`,
    dependsOn: dependsOn.length > 0 || !withFactory ? dependsOn : ["[variables('factoryId')]"],
    properties: mapTexts(properties, (text) => (isOpen(text) ? openExpression(text, expressions) : literalText(text))),
  };
}

function keyOf({ kind, name }: Pick<Resource, "kind" | "name">): string {
  return `${kind}/${name}`;
}

/** Only a text in brackets would be taken for an expression of the template. */
function literalText(text: string): string {
  return text.startsWith("[") && text.endsWith("]") ? `[${text}` : text;
}

interface ParameterExpressions {
  /** In its own type. */
  readonly value: string;
  readonly text: string;
}

function parameterExpressions({ type }: ParamPlan, name: string): ParameterExpressions {
  const value = `parameters('${name}')`;
  return { value, text: type.kind === "string" ? value : `string(${value})` };
}

function openExpression(text: OpenText, expressions: ReadonlyMap<string, ParameterExpressions>): string {
  const parts = partsOf(text);
  const written = parts.map((part, index) => {
    if (typeof part === "string") return quoted(text.evaluated ? escapeExpressions(part, index === 0) : part);
    const parameter = expressions.get(part.param);
    if (!parameter) throw new Error(`param.${part.param} is no parameter of the template`);
    if (part.dropping !== undefined) return `replace(${parameter.text}, ${quoted(part.dropping)}, '')`;
    return parts.length === 1 ? parameter.value : parameter.text;
  });
  return written.length === 1 ? `[${written[0]}]` : `[concat(${written.join(", ")})]`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The params that the template needs, in the order of the program. */
export function paramsOf(program: Program, factory: Factory): readonly ParamPlan[] {
  const used = new Set(
    factory.resources
      .flatMap(({ properties }) => [...openTextsIn(properties)])
      .flatMap((text) => partsOf(text).flatMap((part) => (typeof part === "string" ? [] : part.param))),
  );
  return program.params.filter(({ name }) => used.has(name));
}

function parameterNames(params: readonly ParamPlan[]): ParameterNames {
  const names = createNames();
  names.take("factoryName");
  names.take("location");
  return new Map(params.map((param) => [param, names.take(param.name)]));
}

function declarations(program: Program, { name }: Factory, names: ParameterNames): object {
  const factoryParam = name.kind === "param" ? program.params.find((param) => param.name === name.name) : undefined;
  const factoryName = name.kind === "text" ? name.value : factoryParam?.value;
  return {
    factoryName: { type: "string", ...defaultValue(factoryName), metadata: { description: "The data factory." } },
    location: {
      type: "string",
      defaultValue: "[resourceGroup().location]",
      metadata: { description: "The region of the data factory." },
    },
    ...Object.fromEntries(
      [...names].map(([param, name]) => [
        name,
        {
          type: parameterType(param),
          ...defaultValue(param.value),
          ...(param.doc === undefined ? {} : { metadata: { description: param.doc } }),
        },
      ]),
    ),
  };
}

function defaultValue(value: string | number | boolean | undefined): object {
  if (value === undefined) return {};
  return { defaultValue: typeof value === "string" ? literalText(value) : value };
}

function parameterType({ type }: ParamPlan): string {
  if (type.kind === "bool") return "bool";
  return type.kind === "int" || type.kind === "long" ? "int" : "string";
}

function parameterFile(factory: Factory, names: ParameterNames, environment: EnvironmentValues): OutputFile {
  const values = [...names].map(([param, name]) => [name, environment.params[param.name]] as const);
  const all = [["factoryName", settingText(factory.name, environment)] as const, ...values];
  const content = {
    $schema: "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
    contentVersion: "1.0.0.0",
    parameters: Object.fromEntries(all.flatMap(([name, value]) => (value === undefined ? [] : [[name, { value }]]))),
  };
  return { path: `adf/arm/parameters.${environment.name}.json`, text: json(content), from: ["project"] };
}

function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}
