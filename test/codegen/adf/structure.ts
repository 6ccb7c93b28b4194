/** What must hold of a factory as a whole: names, references, limits, and what runs before what. */
import { type GitObject, type Json, objectsIn, stringsIn } from "./support.ts";

const REFERENCES: Readonly<Record<string, string>> = {
  LinkedServiceReference: "linkedService",
  DatasetReference: "dataset",
  PipelineReference: "pipeline",
};

const SAFE_NAME = /^[A-Za-z][A-Za-z0-9_]{0,54}$/;

export interface Activity {
  readonly name: string;
  readonly type: string;
  readonly dependsOn?: readonly { readonly activity: string }[];
  readonly typeProperties: Json;
}

/** The activities of a pipeline, without those inside others. */
export function activitiesOf(pipeline: GitObject): readonly Activity[] {
  const { activities } = pipeline.properties;
  return Array.isArray(activities) ? activities : [];
}

export function pipelinesOf(objects: readonly GitObject[]): readonly GitObject[] {
  return objects.filter(({ kind }) => kind === "pipeline");
}

/** Everything that is wrong with the factory's structure. */
export function structureProblems(objects: readonly GitObject[]): readonly string[] {
  const own = objects.filter(({ kind }) => kind !== "factory");
  const ids = own.map(({ kind, name }) => `${kind}/${name}`.toLowerCase());
  return [
    ...own.filter(({ name }) => !SAFE_NAME.test(name)).map(({ name }) => `the name ${name}`),
    ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `${id} twice`),
    ...own.flatMap((object) => referenceProblems(object, own)),
    ...pipelinesOf(own).flatMap(pipelineProblems),
    ...cycles(own.map(({ kind, name, properties }) => [`${kind}/${name}`, references(properties).map(targetOf)])),
  ];
}

function references(properties: Json): readonly Json[] {
  return objectsIn(properties).filter(({ referenceName, type }) => referenceName && String(type) in REFERENCES);
}

function targetOf({ referenceName, type }: Json): string {
  return `${REFERENCES[String(type)]}/${referenceName}`;
}

/** Names that do not exist; parameters that are not there, or not given though they have no value of their own. */
function referenceProblems({ name, properties }: GitObject, objects: readonly GitObject[]): readonly string[] {
  const given = references(properties).map((reference) => ({ reference, parameters: namesIn(reference.parameters) }));
  const executed = objectsIn(properties)
    .filter(({ pipeline }) => pipeline)
    .map(({ pipeline, parameters }) => ({ reference: { ...Object(pipeline) }, parameters: namesIn(parameters) }));
  return [...given.filter(({ reference }) => reference.type !== "PipelineReference"), ...executed].flatMap(
    ({ reference, parameters }) => {
      const target = objects.find((each) => `${each.kind}/${each.name}` === targetOf(reference));
      if (!target) return [`${name} refers to ${targetOf(reference)}, which is not there`];
      const declared = Object.entries(Object(target.properties.parameters));
      const demanded = declared
        .filter(([, each]) => !Object.hasOwn(Object(each), "defaultValue"))
        .map(([each]) => each);
      return [
        ...parameters
          .filter((each) => !declared.some(([known]) => known === each))
          .map((each) => `${each} is not there`),
        ...demanded.filter((each) => !parameters.includes(each)).map((each) => `${each} is not given`),
      ].map((problem) => `${name} refers to ${targetOf(reference)}: parameter ${problem}`);
    },
  );
}

function namesIn(parameters: unknown): readonly string[] {
  return Object.keys(Object(parameters));
}

function pipelineProblems(pipeline: GitObject): readonly string[] {
  const activities = activitiesOf(pipeline);
  const all = objectsIn(activities).filter(({ typeProperties, name }) => typeProperties && name);
  const names = all.map(({ name }) => String(name));
  const size = Buffer.byteLength(JSON.stringify(pipeline));
  const { parameters, variables } = pipeline.properties;
  const expressions = objectsIn(activities).filter(({ type }) => type === "Expression");
  const handed = stringsIn(expressions).flatMap((text) => [
    ...[...text.matchAll(/pipeline\(\)\.parameters\.(\w+)/g)].map((match) => ({ match, known: namesIn(parameters) })),
    ...[...text.matchAll(/variables\('(\w+)'\)/g)].map((match) => ({ match, known: namesIn(variables) })),
  ]);
  const problems = [
    ...(all.length > 80 ? [`${all.length} activities`] : []),
    ...(all.length === 0 ? ["no activities"] : []),
    ...stringsIn(expressions).filter((text) => text.length > 8192),
    ...(size > 200 * 1024 ? [`${size} bytes`] : []),
    ...names.filter((name) => !SAFE_NAME.test(name)).map((name) => `the name ${name}`),
    ...names.filter((name, index) => names.indexOf(name) !== index).map((name) => `${name} twice`),
    ...handed.filter(({ match, known }) => !known.includes(match[1] ?? "")).map(({ match }) => `${match[0]} unknown`),
    ...cycles(activities.map(({ name, dependsOn = [] }) => [name, dependsOn.map(({ activity }) => activity)])),
  ];
  return problems.map((problem) => `${pipeline.name}: ${problem}`);
}

/** Edges to what is not there, and cycles. */
function cycles(graph: readonly (readonly [string, readonly string[]])[]): readonly string[] {
  const waiting = new Map(graph);
  const unknown = graph.flatMap(([name, targets]) =>
    targets.filter((target) => !waiting.has(target)).map((target) => `${name} waits for ${target}, which is not there`),
  );
  if (unknown.length > 0) return unknown;
  for (let last = -1; last !== waiting.size; ) {
    last = waiting.size;
    for (const [name, targets] of waiting) if (!targets.some((target) => waiting.has(target))) waiting.delete(name);
  }
  return waiting.size === 0 ? [] : [`a cycle of ${[...waiting.keys()].join(", ")}`];
}

/** What a run does, as `bronze.orders`, `tables` (the job) and `gold_orders` (a view's activity). */
export interface RunOrder {
  readonly all: readonly string[];
  /** What has succeeded, in every run, when this starts. */
  before(label: string): ReadonlySet<string>;
}

export function runOrder(objects: readonly GitObject[], master: string): RunOrder {
  const pipelines = new Map(pipelinesOf(objects).map((pipeline) => [pipeline.name, pipeline]));
  const before = new Map<string, ReadonlySet<string>>();

  /** Runs a pipeline after some labels; the labels that it adds. */
  const run = (name: string, earlier: ReadonlySet<string>): ReadonlySet<string> => {
    const pipeline = pipelines.get(name);
    if (!pipeline) throw new Error(`no pipeline ${name}`);
    const done = new Map<string, ReadonlySet<string>>();
    const finish = (activity: Activity): ReadonlySet<string> => {
      const known = done.get(activity.name);
      if (known) return known;
      const waits = (activity.dependsOn ?? []).map(({ activity: wanted }) => {
        const other = activitiesOf(pipeline).find((each) => each.name === wanted);
        if (!other) throw new Error(`no activity ${wanted}`);
        return finish(other);
      });
      const mine = new Set([...earlier, ...waits.flatMap((each) => [...each])]);
      const added = labels(activity, mine, pipeline);
      const all = new Set([...mine, ...added]);
      done.set(activity.name, all);
      return all;
    };
    return new Set(activitiesOf(pipeline).flatMap((activity) => [...finish(activity)]));
  };

  const labels = (activity: Activity, earlier: ReadonlySet<string>, pipeline: GitObject): Iterable<string> => {
    const { type, typeProperties } = activity;
    if (type === "SetVariable") return [];
    if (type === "ExecutePipeline") return run(String(Object(typeProperties.pipeline).referenceName), earlier);
    const own = type === "ForEach" ? tablesOf(pipeline) : [activity.name];
    for (const label of own) before.set(label, earlier);
    return own;
  };

  const all = [...run(master, new Set())];
  return { all, before: (label) => before.get(label) ?? new Set() };
}

/** The bronze tables that an ingest pipeline copies. */
function tablesOf(pipeline: GitObject): readonly string[] {
  const { tables } = Object(pipeline.properties.parameters);
  return tables.defaultValue.map(({ table }: { readonly table: string }) => `bronze.${table}`);
}
