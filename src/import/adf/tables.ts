/** Turns copies into sources and bronze tables. */
import { RUNTIME_NAME } from "../../semantics/setting-rules.ts";
import { columnsOf } from "./columns.ts";
import { file, isStorage } from "./connectors/file.ts";
import { connectors } from "./connectors/index.ts";
import type { CopyRun } from "./copies.ts";
import type { SettingDraft, SourceDraft, TableDraft } from "./drafts.ts";
import type { Factory, FactoryObject } from "./factory.ts";
import { elements, get, type Node, text } from "./json.ts";
import { assumed, type Notice, notImported } from "./notices.ts";
import { type Reached, reach } from "./references.ts";
import type { IsSafe } from "./secrets.ts";
import { createSecrets } from "./service-secrets.ts";
import { createLandings, type Landing, type Landings } from "./sinks.ts";

export interface Tables {
  readonly sources: readonly SourceTables[];
  readonly landing: Landing | undefined;
  /** The lower-case names of the pipelines with these copies. */
  readonly pipelines: ReadonlySet<string>;
  /** Notices about objects that are not imported. */
  readonly notices: readonly Notice[];
}

export interface SourceTables {
  readonly source: SourceDraft;
  readonly tables: readonly TableDraft[];
}

interface Read extends CopyRun {
  readonly input: Reached;
  readonly output: Reached | string;
  readonly name: string;
}

export function tablesOf(factory: Factory, runs: readonly CopyRun[], isSafe: IsSafe): Tables {
  const notices: Notice[] = [];
  const reads = runs.flatMap((run): readonly Read[] => {
    const name = text(get(run.activity, "name")) ?? "(unnamed)";
    const input = reach(factory, reference(run.activity, "inputs"), run);
    if (typeof input !== "string") return [{ ...run, name, input, output: reachOutput(factory, run) }];
    notices.push(notImported(run.activity, `the copy ${name}: ${input}`));
    return [];
  });
  const landings = createLandings(reads);
  const secrets = createSecrets(factory);
  const pipelines = new Set<string>();
  const sources = new Map<string, { readonly source: SourceDraft; readonly tables: Map<string, TableDraft> }>();
  for (const read of reads) {
    const { input, activity, name } = read;
    const connector = connectors.get(input.service.type);
    const table = tableOf(read, landings, isSafe);
    if (!connector || typeof table === "string") {
      notices.push(notImported(activity, `the copy ${name}: ${table}`));
      continue;
    }
    const { service } = input;
    const parts = connector.source(input, secrets);
    const settings = [...parts.settings, ...(connector === file ? [] : runtimeSetting(service))];
    const id = JSON.stringify([service.name, settings.map((each) => [each.name, withoutOrigin(each.value)])]);
    const known = sources.get(id) ?? {
      source: {
        kind: connector.kind,
        service,
        settings,
        notices: [...parts.notices, ...serviceNotices(read, connector.reads)],
      },
      tables: new Map<string, TableDraft>(),
    };
    sources.set(id, known);
    const object = `${table.object.kind} ${table.object.text}`;
    const before = known.tables.get(object);
    known.tables.set(object, before ? merged(before, table) : table);
    pipelines.add(read.pipeline);
  }
  const used = new Set([...sources.values()].map(({ source }) => source.service.name));
  for (const { name, node } of factory.objects.linkedService) {
    const connector = connectors.get(text(get(node, "type")) ?? "");
    if (!connector || connector === file || used.has(name)) continue;
    notices.push(notImported(node, `the linked service ${name}: no imported copy reads from it`));
  }
  return {
    sources: [...sources.values()].map(({ source, tables }) => ({ source, tables: [...tables.values()] })),
    landing: landings.lake,
    pipelines,
    notices,
  };
}

function withoutOrigin(value: object): object {
  return { ...value, origin: undefined };
}

function reference(activity: Node, property: "inputs" | "outputs"): Node {
  return elements(get(activity, property))[0] ?? get(activity, property);
}

function reachOutput(factory: Factory, run: CopyRun): Reached | string {
  return reach(factory, reference(run.activity, "outputs"), run);
}

/** A clause that says why the copy is not imported. */
function tableOf(read: Read, landings: Landings, isSafe: IsSafe): TableDraft | string {
  const { input, activity } = read;
  const connector = connectors.get(input.service.type);
  if (!connector) {
    return `it reads from ${input.service.name} (${input.service.type}), which is not a supported source`;
  }
  const problem = connector === file ? landings.problem(input) : undefined;
  const table = problem ?? connector.table(input, read);
  if (typeof table === "string") return table;
  if (!isSafe(table.object.text)) return "the name of its input looks like a secret";
  const described = columnsOf(input.dataset.node, activity);
  const columns = table.columns && described.columns.length === 0 ? table.columns : described.columns;
  const landsAs = landings.nameOf(read.output);
  return {
    object: table.object,
    ...(landsAs !== undefined && isSafe(landsAs) ? { landsAs } : {}),
    columns: columns.filter(({ name }) => isSafe(name)),
    activity,
    notices: [
      ...columns
        .filter(({ name }) => !isSafe(name))
        .map(() => notImported(activity, "a column whose name looks like a secret")),
      ...table.notices,
      ...described.notices,
      ...landingNotices(read, landings),
    ],
  };
}

function landingNotices({ output, activity }: Read, landings: Landings): readonly Notice[] {
  const node = get(activity, "outputs");
  if (typeof output === "string")
    return [assumed(node, `its destination is not known (${output}); a program writes to the lake`)];
  if (!isStorage(output)) {
    return [
      assumed(node, `it writes to ${output.service.name} (${output.service.type}); a program writes to the lake`),
    ];
  }
  return landings.isLake(output)
    ? []
    : [assumed(node, "it writes to another container than most copies; a program has one lake")];
}

/** Merges copies of the same object. */
function merged(first: TableDraft, second: TableDraft): TableDraft {
  const landsAs = first.landsAs ?? second.landsAs;
  return {
    ...first,
    ...(landsAs === undefined ? {} : { landsAs }),
    columns: first.columns.length > 0 ? first.columns : second.columns,
    notices: [...first.notices, ...second.notices],
  };
}

function runtimeName({ node }: Pick<FactoryObject, "node">): Node {
  return get(get(node, "connectVia"), "referenceName");
}

function serviceNotices({ input }: Read, reads: readonly string[]): readonly Notice[] {
  const { service } = input;
  const notices: Notice[] = [];
  const runtime = runtimeName(service);
  if (runtime.value !== undefined && !RUNTIME_NAME.accepts(text(runtime) ?? ""))
    notices.push(notImported(runtime, "the integration runtime of a linked service: its name is not a valid one"));
  const known = new Set([...reads, "encryptedCredential", "connectionString", "version"]);
  const inner = get(service.node, "typeProperties");
  for (const property of Object.keys(Object(inner.value))) {
    if (!known.has(property))
      notices.push(notImported(get(inner, property), `the property ${property} of a linked service`));
  }
  return notices;
}

/** A name that Data Factory would refuse is left out: `serviceNotices` reports it. */
function runtimeSetting(service: Pick<FactoryObject, "node">): readonly SettingDraft[] {
  const value = text(runtimeName(service));
  if (value === undefined || value === "AutoResolveIntegrationRuntime" || !RUNTIME_NAME.accepts(value)) return [];
  return [{ name: "integration_runtime", value: { kind: "text", value } }];
}

/** The common folder of all files of a source, with a trailing slash; empty if there is none. */
export function commonFolder(paths: readonly string[]): string {
  const folders = paths.map((path) => path.split("/").slice(0, -1));
  const [first = [], ...others] = folders;
  const end = first.findIndex((part, at) => others.some((each) => each[at] !== part));
  const common = end < 0 ? first : first.slice(0, end);
  return common.length === 0 ? "" : `${common.join("/")}/`;
}
