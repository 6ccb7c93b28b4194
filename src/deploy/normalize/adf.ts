/**
 * The normal form of Data Factory's objects. The service keeps what it is sent as it is; but the portal's editor fills in
 * defaults, empty lists and other letter case whenever somebody saves, and the service answers with states of its own.
 * Each rule says where it is written down: "schema" is the ARM schema of 2018-06-01 (its descriptions and enums),
 * "bicep types" those of Azure/bicep-types-az, "samples" the Git files in Azure-Player/azure.datafactory.tools.
 */
import { isList, isObject, type JsonObject, objectOf, propertiesOf, sortKeys, textOf } from "../json.ts";
import type { Json, Kind } from "../object.ts";

/**
 * An object as the Git files and the service's answers have it, without the envelope: the `properties` of a linked
 * service, a dataset, a pipeline or a trigger; of the factory all. What comes out can be sent, and is its own normal form.
 */
export function normalAdf(kind: Kind, raw: Json): Json {
  if (kind === "factory") return normalFactory(raw);
  const { runtimeState: _, lastPublishTime: __, ...properties } = propertiesOf(raw);
  // `runtimeState` is read-only in the bicep types; `lastPublishTime` is written by the portal's editor (samples).
  return normalObject(properties, []);
}

/**
 * Of a factory only the identity is ours, and of that only that it has one of its own: keys, networks, Git settings and
 * further identities are those of who runs it. What else an identity has is read-only in the bicep types.
 */
function normalFactory(raw: Json): Json {
  const type = textOf(propertiesOf(propertiesOf(raw).identity).type) ?? "";
  const own = type.split(",").some((each) => each.trim().toLowerCase() === "systemassigned");
  return own ? { identity: { type: "SystemAssigned" } } : {};
}

/** Names from the object down to a value; `[]` for an item of a list. */
type Path = readonly string[];

function normal(value: Json, path: Path): Json {
  if (typeof value === "string") return normalString(value, path);
  if (isList(value)) return value.map((each) => normal(each, [...path, "[]"]));
  return isObject(value) ? normalObject(value, path) : value;
}

function normalObject(object: JsonObject, path: Path): JsonObject {
  const entries = Object.entries(object).flatMap(([name, raw]): (readonly [string, Json])[] => {
    // The users' own data, in which nothing is a default and nothing has a type: values of parameters, and expressions.
    if (isData(name, path)) return [[name, sortKeys(raw)]];
    // A property that is null is one that is not set, and comes back that way (hashicorp/terraform-provider-azurerm 16844).
    if (raw === null) return [];
    const value = normal(raw, [...path, name]);
    return isDefault(name, value, object, path) ? [] : [[name, value]];
  });
  return objectOf(entries);
}

const isNamed = (name: string, path: Path): boolean => path.at(-1) === name;

/** A parameter's definition is `{type, defaultValue}` at the top of an object; elsewhere `parameters` are values. */
function isData(name: string, path: Path): boolean {
  if (name === "defaultValue" || name === "value") return true;
  const isValues = name === "parameters" && path.length > 0;
  return isValues || name === "baseParameters" || name === "jobParameters";
}

/** Lists and objects that say nothing when they are empty; the editor writes them all the same (samples). */
const EMPTY: ReadonlySet<string> = new Set([
  ...["annotations", "parameters", "variables", "dependsOn", "userProperties", "inputs", "outputs", "schema"],
  ...["policy", "activities", "ifTrueActivities", "ifFalseActivities", "libraries"],
]);

function isDefault(name: string, value: Json, owner: JsonObject, path: Path): boolean {
  if (EMPTY.has(name) && isEmpty(value)) return true;
  // Schema, ActivityPolicy: "Default is 0", "The default is 30 sec."; secure input and output only "when set to true".
  if (isNamed("policy", path)) {
    if (name === "retry") return value === 0;
    if (name === "retryIntervalInSeconds") return value === 30;
    if (name === "secureInput" || name === "secureOutput") return value === false;
  }
  // Schema, Activity: "if not provided, the state will be Active by default".
  if (name === "state" && isActivity(path)) return value === "Active";
  if (isNamed("typeProperties", path)) {
    // concepts, control-flow-for-each-activity: in parallel unless it says sequential.
    if (name === "isSequential") return value === false;
    // Schema, CopyActivityTypeProperties: "Default value is false".
    if (name === "enableStaging") return value === false;
    // Schema, LookupActivityTypeProperties: "Default value is true"; only a lookup has a source and this.
    if (name === "firstRowOnly") return value === true && owner.source !== undefined;
    // Schema, SetVariableActivityTypeProperties: only "if set to true".
    if (name === "setSystemVariable") return value === false;
  }
  // concepts-integration-runtime: the runtime that is taken where none is named.
  return name === "connectVia" && propertiesOf(value).referenceName === "AutoResolveIntegrationRuntime";
}

function isActivity(path: Path): boolean {
  return path.at(-1) === "[]" && (path.at(-2) ?? "").toLowerCase().endsWith("activities");
}

function isEmpty(value: Json): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

/** The words of an enum by themselves in lower case. */
function words(...texts: readonly string[]): ReadonlyMap<string, string> {
  return new Map(texts.map((text) => [text.toLowerCase(), text]));
}

// Schema, ParameterSpecification and VariableSpecification; the editor writes `string`, `int` and `Boolean` (samples).
const parameterTypes: ReadonlyMap<string, string> = new Map([
  ...words("Object", "String", "Int", "Float", "Bool", "Array", "SecureString"),
  ["integer", "Int"],
  ["boolean", "Bool"],
]);

// Schema, the enums of references; `dataflow` for `dataFlow` is in samples and in Azure/azure-rest-api-specs 39342.
const referenceTypes = words(
  ...["LinkedServiceReference", "DatasetReference", "PipelineReference", "IntegrationRuntimeReference"],
  ...["CredentialReference", "TriggerReference", "DataFlowReference"],
);

// Schema, ActivityDependency and ScheduleTriggerRecurrence.
const conditions = words("Succeeded", "Failed", "Skipped", "Completed");
const frequencies = words("Minute", "Hour", "Day", "Week", "Month", "Year");
const expressionType = words("Expression");

function normalString(text: string, path: Path): string {
  const name = path.at(-1);
  if (name === "type") {
    const isParameter = path.length === 3 && (path[0] === "parameters" || path[0] === "variables");
    const known = isParameter ? parameterTypes : text.toLowerCase() === "expression" ? expressionType : referenceTypes;
    return known.get(text.toLowerCase()) ?? text;
  }
  if (name === "[]" && path.at(-2) === "dependencyConditions") return conditions.get(text.toLowerCase()) ?? text;
  if (name === "frequency") return frequencies.get(text.toLowerCase()) ?? text;
  // Schema, ActivityPolicy: `((\d+)\.)?hh:mm:ss`; no days are 0 days.
  if (name === "timeout") return text.replace(/^0+\.(?=\d\d:\d\d:\d\d$)/, "");
  // A time that passes through .NET has seven digits for the fraction of a second.
  if (name === "startTime" || name === "endTime") return text.replace(/(?<=:\d\d)\.0+(?=Z?$)/, "");
  return text;
}
