/** Runs the pipelines of a data factory: their activities in order, with real expressions and given sources. */
import type { GitObject, Json } from "../../codegen/adf/support.ts";
import type { Container } from "./container.ts";
import { resolve, type Scope, type Value } from "./expressions.ts";

export interface FactoryWorld {
  readonly objects: readonly GitObject[];
  readonly container: Container;
  now(): Date;
  /** Rows of a query, for a Lookup or a Copy. */
  postgres(query: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Documents as JSON lines. */
  mongodb(collection: string, source: Readonly<Record<string, Value>>): Promise<readonly string[]>;
}

interface Activity {
  readonly name: string;
  readonly type: string;
  readonly dependsOn?: readonly { readonly activity: string }[];
  readonly typeProperties: Readonly<Record<string, unknown>>;
  readonly inputs?: readonly unknown[];
  readonly outputs?: readonly unknown[];
}

interface Frame {
  readonly parameters: Readonly<Record<string, Value>>;
  readonly variables: Map<string, Value>;
  readonly outputs: Map<string, Value>;
  readonly item?: Value;
}

/** Runs a pipeline, and those that it runs. Rejects with the message of an activity that fails. */
export async function runPipeline(
  world: FactoryWorld,
  name: string,
  given: Readonly<Record<string, Value>> = {},
): Promise<void> {
  const properties = world.objects.find((each) => each.kind === "pipeline" && each.name === name)?.properties;
  if (properties === undefined) throw new Error(`no pipeline ${name}`);
  const declared = Object.entries<Json>(Object(properties.parameters));
  for (const each of Object.keys(given)) if (!declared.some(([known]) => known === each)) throw new Error(`no ${each}`);
  const parameters = Object.fromEntries(
    declared.map(([each, { defaultValue }]) => {
      const value = given[each] ?? defaultValue;
      if (value === undefined) throw new Error(`${name}: no value for ${each}`);
      return [each, value as Value];
    }),
  );
  const variables = Object.entries<Json>(Object(properties.variables)).map(
    ([each, { type, defaultValue }]) => [each, (defaultValue ?? (type === "Array" ? [] : "")) as Value] as const,
  );
  await runAll(world, properties.activities as readonly Activity[], {
    parameters,
    variables: new Map(variables),
    outputs: new Map(),
  });
}

async function runAll(world: FactoryWorld, activities: readonly Activity[], frame: Frame): Promise<void> {
  const waiting = [...activities];
  const names = new Set(activities.map(({ name }) => name));
  const done = new Set<string>();
  while (waiting.length > 0) {
    const next = waiting.findIndex(({ dependsOn = [] }) => dependsOn.every(({ activity }) => done.has(activity)));
    const [activity] = waiting.splice(next, 1);
    if (next === -1 || activity === undefined) throw new Error(`a cycle of ${[...names].join(", ")}`);
    frame.outputs.set(activity.name, await run(world, activity, frame));
    done.add(activity.name);
  }
}

function scopeOf(world: FactoryWorld, frame: Frame): Scope {
  const get = (map: ReadonlyMap<string, Value>, name: Value | undefined): Value => {
    const found = map.get(String(name));
    if (found === undefined) throw new Error(`${String(name)} is not there`);
    return found;
  };
  return {
    roots: {
      pipeline: () => ({ parameters: frame.parameters, TriggerTime: world.now().toISOString() }),
      variables: (name) => get(frame.variables, name),
      activity: (name) => ({ output: get(frame.outputs, name) }),
      item: () => frame.item ?? null,
      utcNow: () => world.now().toISOString(),
    },
  };
}

async function run(world: FactoryWorld, activity: Activity, frame: Frame): Promise<Value> {
  const { type, typeProperties: own } = activity;
  const scope = scopeOf(world, frame);
  const evaluate = (value: unknown): Value => resolve(value, scope);
  const inner = (name: string): readonly Activity[] => (own[name] ?? []) as readonly Activity[];
  switch (type) {
    case "SetVariable":
      frame.variables.set(String(own.variableName), evaluate(own.value));
      return {};
    case "AppendVariable": {
      if (JSON.stringify(own.value).includes(`variables('${own.variableName}')`)) throw new Error("self-reference");
      const list = frame.variables.get(String(own.variableName));
      frame.variables.set(String(own.variableName), [...(list as readonly Value[]), evaluate(own.value)]);
      return {};
    }
    case "IfCondition":
      await runAll(world, inner(evaluate(own.expression) === true ? "ifTrueActivities" : "ifFalseActivities"), frame);
      return {};
    case "Until":
      do await runAll(world, inner("activities"), frame);
      while (evaluate(own.expression) !== true);
      return {};
    case "ForEach":
      for (const item of evaluate(own.items) as readonly Value[])
        await runAll(world, inner("activities"), { ...frame, outputs: new Map(frame.outputs), item });
      return {};
    case "Fail":
      throw new Error(String(evaluate(own.message)));
    case "ExecutePipeline": {
      const parameters = evaluate(own.parameters ?? {}) as Readonly<Record<string, Value>>;
      await runPipeline(world, String(Object(own.pipeline).referenceName), parameters);
      return {};
    }
    case "WebActivity": {
      const url = String(evaluate(own.url));
      return world.container.request(String(own.method), url, String(evaluate(own.body ?? ""))) as Value;
    }
    case "Lookup": {
      const [first] = await world.postgres(String(Object(evaluate(own.source)).query));
      if (first === undefined) throw new Error("no row");
      return { firstRow: first as Value };
    }
    case "Delete": {
      const { folder } = Object(evaluate(Object(own.dataset).parameters));
      for (const path of [...world.container.files.keys()])
        if (path.startsWith(`${folder}/`)) world.container.files.delete(path);
      return {};
    }
    case "Copy":
      return copy(
        world,
        Object(evaluate(own.source)),
        parametersOf(activity.inputs, evaluate),
        parametersOf(activity.outputs, evaluate),
      );
    case "DatabricksJob":
      return {};
    default:
      throw new Error(`no activity ${type}`);
  }
}

type Parameters = Readonly<Record<string, string>>;

function parametersOf(references: readonly unknown[] = [], evaluate: (value: unknown) => Value): Parameters {
  return Object(evaluate(Object(references[0]).parameters ?? {}));
}

async function copy(
  { container, postgres, mongodb }: FactoryWorld,
  source: Readonly<Record<string, Value>>,
  input: Parameters,
  output: Parameters,
): Promise<Value> {
  const lines = (all: readonly string[]): Value => {
    container.write(`${output.folder}/${output.file}`, all.map((line) => `${line}\n`).join(""));
    return { rowsRead: all.length, rowsCopied: all.length };
  };
  switch (source.type) {
    case "PostgreSqlV2Source":
      return lines((await postgres(String(source.query))).map((row) => JSON.stringify(row)));
    case "MongoDbAtlasSource":
      return lines(await mongodb(String(input.collection), source));
    case "BinarySource":
      return copyFiles(container, Object(source.storeSettings), input, output);
    default:
      throw new Error(`no source ${String(source.type)}`);
  }
}

function copyFiles(
  container: Container,
  settings: Readonly<Record<string, Value>>,
  { folder = "", file }: Parameters,
  output: Parameters,
): Value {
  const root = folder === "" ? "" : `${folder}/`;
  const [start, end] = [settings.modifiedDatetimeStart, settings.modifiedDatetimeEnd];
  const name = settings.wildcardFileName === undefined ? undefined : wildcard(String(settings.wildcardFileName));
  const found = [...container.files].filter(([path, { modified }]) => {
    if (!path.startsWith(root)) return false;
    const relative = path.slice(root.length);
    const isNamed = name === undefined ? relative === file : name.test(relative.split("/").at(-1) ?? "");
    const isDeep = relative.includes("/") && settings.recursive !== true;
    const isIn =
      (start === undefined || modified >= Date.parse(String(start))) &&
      (end === undefined || modified < Date.parse(String(end)));
    return isNamed && !isDeep && isIn;
  });
  for (const [path, { content }] of found) {
    const target = output.file ?? path.slice(root.length);
    container.write(`${output.folder}/${target}`, content);
  }
  if (file !== undefined && !container.files.has(`${root}${file}`)) throw new Error(`${root}${file} is missing`);
  return { filesRead: found.length, filesWritten: found.length };
}

/** The service's own wildcards, with `^` to escape them. */
function wildcard(pattern: string): RegExp {
  const source = pattern.replace(/\^(.)|[\s\S]/g, (part, escaped: string | undefined) => {
    const character = escaped ?? part;
    if (escaped === undefined && part === "*") return ".*";
    if (escaped === undefined && part === "?") return ".?";
    return character.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  });
  return new RegExp(`^${source}$`, "s");
}
