/**
 * Finds the Copy activities of a factory: follows pipelines from those that no other pipeline starts, unrolls loops over
 * literal lists, and passes parameters.
 */
import { evaluate } from "./expression.ts";
import { type Factory, type FactoryObject, find, parametersOf } from "./factory.ts";
import { elements, get, isObject, type Node, properties, text } from "./json.ts";
import { assumed, type Notice, notImported } from "./notices.ts";
import { isList, known, type Scope, unknown, type Value, type Values } from "./value.ts";

export interface CopyRun {
  readonly activity: Node;
  readonly scope: Scope;
  readonly pipeline: string;
}

export interface Copies {
  readonly runs: readonly CopyRun[];
  readonly notices: readonly Notice[];
  /** The pipelines that a pipeline starts, including itself, by lower-case name. */
  readonly startedBy: (pipeline: string) => ReadonlySet<string>;
}

/** Further copies are not imported: nobody reads a longer list of tables. */
const MOST_RUNS = 10_000;
/** Maximum number of steps, for pipelines that start each other repeatedly. */
const MOST_STEPS = 200_000;

export function copiesOf(factory: Factory): Copies {
  const { pipeline: pipelines, trigger: triggers } = factory.objects;
  const runs: CopyRun[] = [];
  const notices: Notice[] = [];
  const visited = new Set<string>();
  let steps = 0;
  const called = new Set(pipelines.flatMap(({ name, node }) => callsOf(node).filter((each) => each !== lower(name))));

  const runPipeline = (pipeline: FactoryObject, given: Values, stack: readonly string[]): void => {
    const id = lower(pipeline.name);
    if (stack.includes(id)) return;
    visited.add(id);
    const scope: Scope = {
      globals: factory.globals,
      parameters: parametersOf(get(pipeline.node, "parameters"), given),
      variables: variablesOf(pipeline.node),
    };
    runActivities(get(pipeline.node, "activities"), scope, [...stack, id]);
  };

  const runActivities = (list: Node, scope: Scope, stack: readonly string[]): void => {
    for (const activity of elements(list)) runActivity(activity, scope, stack);
  };

  const runActivity = (activity: Node, scope: Scope, stack: readonly string[]): void => {
    steps += 1;
    if (steps > MOST_STEPS) return;
    const type = text(get(activity, "type"));
    const inner = get(activity, "typeProperties");
    const name = text(get(activity, "name")) ?? "(unnamed)";
    if (text(get(activity, "state")) === "Inactive") {
      notices.push(notImported(activity, `the activity ${name} is inactive`));
      return;
    }
    switch (type) {
      case "Copy":
        if (runs.length < MOST_RUNS) runs.push({ activity, scope, pipeline: stack.at(-1) ?? "" });
        else
          notices.push(
            notImported(activity, `the factory copies more than ${MOST_RUNS} tables; this one exceeds the limit`),
          );
        return;
      case "ForEach": {
        const items = evaluate(get(inner, "items").value, scope);
        const list = items.kind === "known" && isList(items.value) ? items.value : undefined;
        if (!list) {
          const why = items.kind === "unknown" ? items.why : "it does not iterate over a list";
          notices.push(notImported(get(inner, "items"), `the loop ${name}: ${why}`));
        }
        for (const item of list ?? []) {
          if (runs.length >= MOST_RUNS || steps > MOST_STEPS) break;
          runActivities(get(inner, "activities"), { ...scope, item: known(item) }, stack);
        }
        return;
      }
      case "IfCondition": {
        const condition = evaluate(get(inner, "expression").value, scope);
        const decided =
          condition.kind === "known" && typeof condition.value === "boolean" ? condition.value : undefined;
        if (decided === undefined)
          notices.push(assumed(activity, `both branches of the condition ${name} are imported`));
        if (decided !== false) runActivities(get(inner, "ifTrueActivities"), scope, stack);
        if (decided !== true) runActivities(get(inner, "ifFalseActivities"), scope, stack);
        return;
      }
      case "Switch": {
        const on = evaluate(get(inner, "on").value, scope);
        const cases = elements(get(inner, "cases"));
        const chosen = on.kind === "known" ? cases.filter((each) => get(each, "value").value === on.value) : cases;
        if (on.kind === "unknown") notices.push(assumed(activity, `all cases of the switch ${name} are imported`));
        for (const each of chosen) runActivities(get(each, "activities"), scope, stack);
        if (on.kind === "unknown" || chosen.length === 0) runActivities(get(inner, "defaultActivities"), scope, stack);
        return;
      }
      case "Until":
        notices.push(assumed(activity, `the loop ${name} is imported as if it ran once`));
        runActivities(get(inner, "activities"), scope, stack);
        return;
      case "ExecutePipeline": {
        const wanted = text(get(inner, "pipeline", "referenceName"));
        const pipeline = find(pipelines, wanted);
        if (!pipeline) {
          notices.push(
            notImported(get(inner, "pipeline"), `the activity ${name} starts a pipeline that is not in the folder`),
          );
          return;
        }
        runPipeline(pipeline, argumentsOf(get(inner, "parameters"), scope), stack);
        return;
      }
      default:
        notices.push(notImported(activity, `the activity ${name}: ${otherActivity(type)}`));
    }
  };

  for (const { pipeline, given } of starts(pipelines, triggers, called, factory)) runPipeline(pipeline, given, []);
  // Pipelines in a cycle.
  for (const pipeline of pipelines) if (!visited.has(lower(pipeline.name))) runPipeline(pipeline, new Map(), []);
  if (steps > MOST_STEPS) {
    const [first] = pipelines;
    if (first) notices.push(notImported(first.node, `the pipelines start each other more than ${MOST_STEPS} times`));
  }
  return { runs, notices, startedBy: (pipeline) => closure(pipelines, lower(pipeline)) };
}

function lower(name: string): string {
  return name.toLowerCase();
}

interface Start {
  readonly pipeline: FactoryObject;
  readonly given: Values;
}

/** The pipelines that no other pipeline starts, once for each set of trigger parameters. */
function starts(
  pipelines: readonly FactoryObject[],
  triggers: readonly FactoryObject[],
  called: ReadonlySet<string>,
  { globals }: Factory,
): readonly Start[] {
  const triggered = triggers.flatMap(({ node }) =>
    startsOf(node).map((start) => ({
      name: lower(text(get(start, "pipelineReference", "referenceName")) ?? ""),
      given: argumentsOf(get(start, "parameters"), { globals }),
    })),
  );
  return pipelines.flatMap((pipeline) => {
    const ways = triggered.filter(({ name }) => name === lower(pipeline.name));
    if (ways.length > 0) return ways.map(({ given }) => ({ pipeline, given }));
    return called.has(lower(pipeline.name)) ? [] : [{ pipeline, given: new Map() }];
  });
}

/** The pipelines that a trigger starts: a list, or a single one for a tumbling window. */
export function startsOf(trigger: Node): readonly Node[] {
  const one = get(trigger, "pipeline");
  return one.value === undefined ? elements(get(trigger, "pipelines")) : [one];
}

/** The values that a reference passes. */
export function argumentsOf(given: Node, scope: Scope): Values {
  return new Map(
    properties(given).map(([name, value]): [string, Value] => [lower(name), evaluate(value.value, scope)]),
  );
}

/** Variables that no activity sets have the value in the file. */
function variablesOf(pipeline: Node): Values {
  const set = new Set(
    activitiesOf(get(pipeline, "activities"))
      .filter((each) => /^(Set|Append)Variable$/.test(text(get(each, "type")) ?? ""))
      .map((each) => lower(text(get(each, "typeProperties", "variableName")) ?? "")),
  );
  const declared = parametersOf(get(pipeline, "variables"), new Map());
  return new Map(
    [...declared].map(([name, value]) => [
      name,
      set.has(name) ? unknown(`the variable ${name} is set at run time`) : value,
    ]),
  );
}

/** All activities, including nested ones. */
function activitiesOf(list: Node): readonly Node[] {
  return elements(list).flatMap((activity) => {
    const inner = get(activity, "typeProperties");
    const lists = ["activities", "ifTrueActivities", "ifFalseActivities", "defaultActivities"];
    const cases = elements(get(inner, "cases")).map((each) => get(each, "activities"));
    return [activity, ...[...lists.map((each) => get(inner, each)), ...cases].flatMap(activitiesOf)];
  });
}

function callsOf(pipeline: Node): readonly string[] {
  return activitiesOf(get(pipeline, "activities"))
    .map((activity) => text(get(activity, "typeProperties", "pipeline", "referenceName")))
    .flatMap((name) => (name === undefined ? [] : [lower(name)]));
}

function closure(pipelines: readonly FactoryObject[], start: string): ReadonlySet<string> {
  const reached = new Set([start]);
  for (const name of reached) {
    const pipeline = find(pipelines, name);
    for (const each of pipeline ? callsOf(pipeline.node) : []) reached.add(each);
  }
  return reached;
}

const TRANSFORMS = /^(Databricks|HDInsight|Synapse|Spark|AzureML|DataLakeAnalytics|ExecuteDataFlow|ExecuteSSIS)/;

function otherActivity(type: string | undefined): string {
  if (type === undefined) return "it has no type";
  if (TRANSFORMS.test(type)) return `${type} transforms data; write it as silver and gold tables`;
  if (/^(Script|SqlServerStoredProcedure)$/.test(type)) return `${type} runs in a database and is not imported`;
  return `${type} is not supported`;
}

/** Whether a value is given. */
export function isGiven(node: Node): boolean {
  return node.value !== undefined && node.value !== null && !(isObject(node.value) && properties(node).length === 0);
}
