/** The objects of a factory, in the format of Data Factory's Git layout and REST API. */
import type { ActivityUnion, CopySinkUnion, ParameterType } from "@azure/arm-datafactory";
import type { Setting } from "../../plan/program.ts";
import type { Span } from "../../source.ts";
import type { datasets, linkedServices, parts, sources } from "./connectors/documented.ts";
import { evaluated, type Json, type JsonObject, objectsIn, text } from "./value.ts";

export type ResourceKind = "linkedService" | "dataset" | "pipeline" | "trigger";

export interface Resource {
  readonly kind: ResourceKind;
  readonly name: string;
  readonly properties: JsonObject;
  /** The declarations it comes from. */
  readonly from: readonly string[];
  /** The location for errors about limits. */
  readonly span: Span;
}

/** The origin of an object. */
export interface Origin {
  readonly description?: string | undefined;
  readonly from: readonly string[];
  readonly span: Span;
}

export type LinkedServiceType = keyof typeof linkedServices;
export type DatasetType = keyof typeof datasets;
export type SourceType = keyof typeof sources;
export type ActivityType = ActivityUnion["type"] | "DatabricksJob";
export type SinkType = Extract<keyof typeof parts, CopySinkUnion["type"]>;

export type Parameters = Readonly<Record<string, { readonly type: ParameterType; readonly defaultValue?: Json }>>;

export interface Activity {
  readonly name: string;
  readonly description?: string | undefined;
  readonly type: ActivityType;
  readonly dependsOn?: readonly string[];
  readonly policy?: Policy;
  readonly userProperties?: readonly { readonly name: string; readonly value: Json }[];
  readonly typeProperties: JsonObject;
  /** Inner activities of a loop or a condition, by their property. */
  readonly inner?: Readonly<Partial<Record<InnerActivities, readonly Activity[]>>>;
  readonly linkedServiceName?: JsonObject;
  readonly inputs?: readonly Json[];
  readonly outputs?: readonly Json[];
}

/** Of a ForEach or an Until: `activities`; of an IfCondition the others. */
export type InnerActivities = "activities" | "ifTrueActivities" | "ifFalseActivities";

export interface Policy {
  /** `d.hh:mm:ss` */
  readonly timeout: Json;
  readonly retry: Json;
  readonly retryIntervalInSeconds?: number;
}

type ReferenceType =
  | "LinkedServiceReference"
  | "DatasetReference"
  | "PipelineReference"
  | "IntegrationRuntimeReference";

const referenced: Readonly<Record<string, ResourceKind>> = {
  LinkedServiceReference: "linkedService",
  DatasetReference: "dataset",
  PipelineReference: "pipeline",
} satisfies Record<Exclude<ReferenceType, "IntegrationRuntimeReference">, ResourceKind>;

export function reference(type: ReferenceType, referenceName: Json, parameters?: JsonObject): JsonObject {
  return { referenceName, type, parameters: unlessEmpty(parameters) };
}

/** Identifies an object of the factory. */
export type ResourceId = Pick<Resource, "kind" | "name">;

export function keyOf({ kind, name }: ResourceId): string {
  return `${kind}/${name}`;
}

/** The objects that an object references, without duplicates, in order of appearance. */
export function referencesOf(resource: Resource): readonly ResourceId[] {
  const found = new Map<string, ResourceId>();
  for (const { referenceName, type } of objectsIn(resource.properties)) {
    const kind = typeof type === "string" ? referenced[type] : undefined;
    if (!kind || typeof referenceName !== "string") continue;
    const id = { kind, name: referenceName };
    found.set(keyOf(id), id);
  }
  return [...found.values()];
}

/** Properties are in the order of Data Factory Studio, so that saving there changes little. */
export interface Build {
  linkedService(
    name: string,
    origin: Origin,
    object: {
      readonly type: LinkedServiceType;
      readonly typeProperties: JsonObject;
      /** Instead of the factory's own. */
      readonly integrationRuntime?: Setting | undefined;
    },
  ): Resource;
  dataset(
    name: string,
    origin: Origin,
    object: {
      readonly type: DatasetType;
      readonly linkedService: string;
      readonly parameters: readonly string[];
      readonly folder: string;
      readonly typeProperties: JsonObject;
    },
  ): Resource;
  pipeline(
    name: string,
    origin: Origin,
    object: {
      readonly activities: readonly Activity[];
      readonly concurrency?: number;
      readonly parameters?: Parameters;
      readonly variables?: Parameters;
      readonly folder: string;
    },
  ): Resource;
  trigger(
    name: string,
    origin: Origin,
    object: { readonly typeProperties: JsonObject; readonly pipelines: Json },
  ): Resource;
}

/** Builders of a project's objects. Linked services connect through the integration runtime, by default Azure's. */
export function createBuild(project: string, defaultRuntime: Setting | undefined): Build {
  const annotations = ["medalc", project, text`${{ builtIn: "environment" }}`];
  return {
    linkedService(name, { description, ...origin }, { type, typeProperties, integrationRuntime = defaultRuntime }) {
      const connectVia = integrationRuntime && reference("IntegrationRuntimeReference", text`${integrationRuntime}`);
      const properties = evaluated({ description, annotations, type, typeProperties, connectVia });
      return { kind: "linkedService", name, properties, ...origin };
    },
    dataset(name, { description, ...origin }, { type, linkedService, parameters, folder, typeProperties }) {
      const properties = {
        description,
        linkedServiceName: reference("LinkedServiceReference", linkedService),
        parameters: unlessEmpty(Object.fromEntries(parameters.map((each) => [each, { type: "String" }]))),
        folder: { name: folder },
        annotations,
        type,
        typeProperties: evaluated(typeProperties),
      };
      return { kind: "dataset", name, properties, ...origin };
    },
    pipeline(name, { description, ...origin }, { activities, concurrency, parameters, variables, folder }) {
      const properties = {
        description,
        activities: activities.map(activityJson),
        concurrency,
        parameters: unlessEmpty(parameters),
        variables,
        folder: { name: folder },
        annotations,
      };
      return { kind: "pipeline", name, properties, ...origin };
    },
    trigger(name, { description, ...origin }, { typeProperties, pipelines }) {
      const properties = { description, annotations, pipelines, type: "ScheduleTrigger", typeProperties };
      return { kind: "trigger", name, properties, ...origin };
    },
  };
}

function activityJson({ dependsOn = [], policy, typeProperties, inner = {}, ...activity }: Activity): JsonObject {
  const own = evaluated(typeProperties);
  const innerJson = Object.entries(inner).map(([name, activities]) => [name, activities.map(activityJson)] as const);
  const waits = dependsOn.map((each) => ({ activity: each, dependencyConditions: ["Succeeded"] }));
  return {
    name: activity.name,
    description: activity.description,
    type: activity.type,
    dependsOn: waits.length === 0 ? undefined : waits,
    policy: policy && { ...policy },
    userProperties: activity.userProperties,
    typeProperties: { ...own, ...Object.fromEntries(innerJson) },
    linkedServiceName: activity.linkedServiceName,
    inputs: activity.inputs,
    outputs: activity.outputs,
  };
}

function unlessEmpty(object: JsonObject | undefined): JsonObject | undefined {
  return object && Object.keys(object).length > 0 ? object : undefined;
}
