/** Pipelines per source: they copy the tables of a list, several concurrently, into the folder of the load. */
import type { BronzePlan, Program, ServicePlan, SourcePlan } from "../../plan/program.ts";
import { LOAD_MARKER } from "../shared/bronze-file.ts";
import type { CloudHosts } from "../shared/cloud.ts";
import type { Names } from "../shared/names.ts";
import { chunks } from "./chunks.ts";
import type { CopyParts } from "./connectors/connector.ts";
import { connectors } from "./connectors/index.ts";
import { ifTrue } from "./connectors/range.ts";
import { buildContinued } from "./continued-load.ts";
import { COPY, copyActivity, datasetOf, type IngestContext, NO_FILE, noFile } from "./copy.ts";
import { itemOf, type Way, wayOf, wordsOf } from "./ingest-ways.ts";
import { containerParameter, fileOfLoad, type LoadFolder, writeLake } from "./lake-requests.ts";
import { FULL_PIPELINE } from "./limits.ts";
import { type Activity, type Build, type Resource, reference } from "./model.ts";
import type { Services } from "./services.ts";
import { required } from "./settings.ts";
import { bytesOf, expression, plain } from "./value.ts";

export interface Ingest {
  readonly source: SourcePlan;
  readonly tables: readonly BronzePlan[];
  readonly pipeline: Resource;
  /** The pipelines that it runs, each after those that it runs itself. */
  readonly inner: readonly Resource[];
  /** Whether the loads of its tables continue earlier ones, so that `reload` has an effect. */
  readonly continues: boolean;
}

/** The ingest pipelines: one for each way in which tables of a source are loaded; several for a list that is too long for one. */
export function buildIngest(
  program: Program,
  hosts: CloudHosts,
  services: Services,
  build: Build,
  names: Names,
): readonly Ingest[] {
  const { ingest } = program;
  if (ingest === undefined) return [];
  const context = { program, ingest, hosts, services, build, names };
  return program.sources.flatMap((source) => {
    const tables = program.bronze.filter((bronze) => bronze.source === source.name);
    const ways = new Map<string, { readonly way: Way; readonly tables: BronzePlan[] }>();
    for (const bronze of tables) {
      const way = wayOf(bronze, source);
      const key = wordsOf(way).join(" ");
      const known = ways.get(key) ?? { way, tables: [] };
      known.tables.push(bronze);
      ways.set(key, known);
    }
    return [...ways.values()].flatMap((each) => ingestsOf(source, each.way, each.tables, context));
  });
}

function ingestsOf(
  source: SourcePlan,
  way: Way,
  tables: readonly BronzePlan[],
  context: IngestContext,
): readonly Ingest[] {
  const { program, hosts, build, names } = context;
  const items = tables.map((bronze) => ({ bronze, item: itemOf(bronze, source, way) }));
  const parts = chunks(items, { count: 100_000, weight: FULL_PIPELINE }, ({ item }) => bytesOf(item));
  const words = wordsOf(way);
  const pipelines = parts.map(() => names.take("pl", "ingest", source.name, ...words));
  const continued =
    way.kind === "range" || way.kind === "files" ? buildContinued(source, way, tables, context) : undefined;
  return parts.map((part, index) => {
    const own = part.map(({ bronze }) => bronze);
    const [only] = own;
    const pipeline = build.pipeline(
      pipelines[index] ?? "",
      {
        description: description(source, way),
        from: [`source.${source.name}`, ...own.map((bronze) => `bronze.${bronze.name}`)],
        span: own.length === 1 && only ? only.span : source.span,
      },
      {
        activities: [eachTable(context, continued ? [runLoad(continued.name)] : copiedTable(source, way, context))],
        parameters: {
          load: { type: "String" },
          ...(continued ? { reload: { type: "Array", defaultValue: [] } } : {}),
          ...(continued ? {} : containerParameter(program, hosts)),
          tables: { type: "Array", defaultValue: part.map(({ item }) => item) },
        },
        folder: `${program.name}/ingest`,
      },
    );
    const inner = index === 0 && continued ? continued.pipelines : [];
    return { source, tables: own, pipeline, inner, continues: continued !== undefined };
  });
}

function description({ name, kind }: SourcePlan, way: Way): string {
  const { dataset, copy } = connectors[kind];
  const word = dataset?.word ?? "files";
  switch (way.kind) {
    case "whole":
    case "pattern":
      return `Copies the ${word} of ${name} to bronze, ${arrivesAs[copy(ITEM).sink]}.`;
    case "range":
      return `Loads what is new in the ${word} of ${name} to bronze, ${arrivesAs[copy(ITEM).sink]}.`;
    case "files":
      return `Loads the new files of ${name} to bronze, ${arrivesAs[copy(ITEM).sink]}.`;
    default:
      return way satisfies never;
  }
}

const arrivesAs: Readonly<Record<CopyParts["sink"], string>> = {
  bytes: "byte for byte",
  folder: "byte for byte",
  lines: "as JSON lines",
};

function eachTable({ ingest }: IngestContext, activities: readonly Activity[]): Activity {
  return {
    name: "each_table",
    type: "ForEach",
    typeProperties: {
      items: expression("@pipeline().parameters.tables"),
      isSequential: false,
      batchCount: plain(required(ingest, "parallel_tables")),
    },
    inner: { activities },
  };
}

const ITEM = "item()";
const FOLDER: LoadFolder = { table: `${ITEM}.table`, load: "pipeline().parameters.load" };

function copiedTable(source: SourcePlan, way: Way, { services, ingest }: IngestContext): readonly Activity[] {
  const { copy, files } = connectors[source.kind];
  if (way.kind === "pattern" && files) {
    const dataset = services.lakeFolders;
    return [
      copyActivity({ services, ingest, copy: files.copy(ITEM), dataset, folder: FOLDER, item: ITEM }),
      ifTrue("if_no_file", `@${NO_FILE}`, [noFile(ITEM)], COPY),
      completeLoad(ingest, "if_no_file"),
    ];
  }
  const dataset = datasetOf(source, services);
  return [
    copyActivity({ services, ingest, copy: copy(ITEM), dataset, folder: FOLDER, item: ITEM }),
    completeLoad(ingest, COPY),
  ];
}

/** Writes the marker of a complete load after its files, in the form of the record of a local run. The size is unknown. */
function completeLoad(ingest: ServicePlan, after: string): Activity {
  return {
    ...writeLake("complete_load", fileOfLoad(FOLDER, LOAD_MARKER), '{"bytes":-1}', ingest),
    dependsOn: [after],
    userProperties: [{ name: "table", value: expression("@item().table") }],
  };
}

function runLoad(pipeline: string): Activity {
  const isNamed = "contains(pipeline().parameters.reload, item().table)";
  const isQualified = "contains(pipeline().parameters.reload, concat('bronze.', item().table))";
  return {
    name: "load_table",
    type: "ExecutePipeline",
    typeProperties: {
      pipeline: reference("PipelineReference", pipeline),
      waitOnCompletion: true,
      parameters: {
        item: expression("@item()"),
        load: expression("@pipeline().parameters.load"),
        reload: expression(`@or(${isNamed}, ${isQualified})`),
      },
    },
  };
}
