/** One pipeline per source: copies the tables of a list, several concurrently, into the folder of the load. */
import type { BronzePlan, Program, ServicePlan, SourcePlan } from "../../plan/program.ts";
import { bronzeFile, LOAD_MARKER } from "../shared/bronze-file.ts";
import type { CloudHosts } from "../shared/cloud.ts";
import type { Names } from "../shared/names.ts";
import { chunks } from "./chunks.ts";
import type { CopyParts } from "./connectors/connector.ts";
import { connectors } from "./connectors/index.ts";
import { FULL_PIPELINE } from "./limits.ts";
import { type Activity, type Build, type Resource, reference } from "./model.ts";
import type { Services } from "./services.ts";
import { required, retryingPolicy } from "./settings.ts";
import { bytesOf, expression, type JsonObject, plain, text } from "./value.ts";

export interface Ingest {
  readonly source: SourcePlan;
  readonly tables: readonly BronzePlan[];
  readonly pipeline: Resource;
}

/** The ingest pipelines; several for a source whose list is too long for one. */
export function buildIngest(
  program: Program,
  hosts: CloudHosts,
  services: Services,
  build: Build,
  names: Names,
): readonly Ingest[] {
  const { ingest, lake } = program;
  const container = text`https://${required(lake, "account")}.blob.${hosts.storage}/${required(lake, "container")}`;
  if (ingest === undefined) return [];
  return program.sources.flatMap((source) => {
    const { dataset, copy } = connectors[source.kind];
    const tables = program.bronze.filter((bronze) => bronze.source === source.name);
    const items = tables.map((bronze) => ({ bronze, item: itemOf(bronze, source) }));
    const parts = chunks(items, { count: 100_000, weight: FULL_PIPELINE }, ({ item }) => bytesOf(item));
    return parts.map((part) => {
      const tables = part.map(({ bronze }) => bronze);
      const [only] = tables;
      const pipeline = build.pipeline(
        names.take("pl", "ingest", source.name),
        {
          description: `Copies the ${dataset?.word ?? "files"} of ${source.name} to bronze, ${arrivesAs[copy.sink]}.`,
          from: [`source.${source.name}`, ...tables.map((bronze) => `bronze.${bronze.name}`)],
          span: tables.length === 1 && only ? only.span : source.span,
        },
        {
          activities: [eachTable(source, services, ingest)],
          parameters: {
            load: { type: "String" },
            container: { type: "String", defaultValue: container },
            tables: { type: "Array", defaultValue: part.map(({ item }) => item) },
          },
          folder: `${program.name}/ingest`,
        },
      );
      return { source, tables, pipeline };
    });
  });
}

const arrivesAs: Readonly<Record<CopyParts["sink"], string>> = { bytes: "byte for byte", lines: "as JSON lines" };

function itemOf(bronze: BronzePlan, source: SourcePlan): JsonObject {
  const item = connectors[source.kind].item(bronze, source);
  return { table: bronze.name, ...item, file: bronzeFile(bronze.object) };
}

function eachTable(source: SourcePlan, services: Services, ingest: ServicePlan): Activity {
  return {
    name: "each_table",
    type: "ForEach",
    typeProperties: {
      items: expression("@pipeline().parameters.tables"),
      isSequential: false,
      batchCount: plain(required(ingest, "parallel_tables")),
    },
    inner: [copyTable(source, services, ingest), completeLoad(ingest)],
  };
}

const COPY = "copy_table";

function copyTable(source: SourcePlan, services: Services, ingest: ServicePlan): Activity {
  const { copy } = connectors[source.kind];
  const dataset = services.datasetOf.get(source);
  if (dataset === undefined) throw new Error(`source ${source.name} has no dataset`);
  const landing = {
    folder: expression("bronze/@{item().table}/load=@{pipeline().parameters.load}"),
    file: expression("@item().file"),
  };
  return {
    name: COPY,
    type: "Copy",
    policy: retryingPolicy(ingest),
    userProperties: [{ name: "table", value: expression("@item().table") }],
    typeProperties: { source: copy.source, sink: sinks[copy.sink], ...copySize(ingest) },
    inputs: [reference("DatasetReference", dataset, copy.input)],
    outputs: [reference("DatasetReference", copy.sink === "bytes" ? services.lakeFiles : services.lakeLines, landing)],
  };
}

/**
 * Writes the marker of a complete load after its file, in the form of the record of a local run. The size is unknown. A Web
 * activity is the only one that can write a text that does not come from a source.
 */
function completeLoad(ingest: ServicePlan): Activity {
  const { integration_runtime: runtime } = ingest.settings;
  return {
    name: "complete_load",
    type: "WebActivity",
    dependsOn: [COPY],
    policy: retryingPolicy(ingest),
    userProperties: [{ name: "table", value: expression("@item().table") }],
    typeProperties: {
      url: expression(
        `@{pipeline().parameters.container}/bronze/@{uriComponent(item().table)}/load=@{pipeline().parameters.load}/${LOAD_MARKER}`,
      ),
      method: "PUT",
      headers: { "x-ms-blob-type": "BlockBlob", "x-ms-version": "2023-11-03" },
      body: '{"bytes":-1}',
      authentication: { type: "MSI", resource: "https://storage.azure.com/" },
      ...(runtime ? { connectVia: reference("IntegrationRuntimeReference", text`${runtime}`) } : {}),
    },
  };
}

/** Without them the service decides. */
function copySize({ settings }: ServicePlan): JsonObject {
  const { data_integration_units: units, parallel_copies: copies } = settings;
  return {
    ...(copies === undefined ? {} : { parallelCopies: plain(copies) }),
    ...(units === undefined ? {} : { dataIntegrationUnits: plain(units) }),
  };
}

const sinks: Readonly<Record<CopyParts["sink"], JsonObject>> = {
  bytes: { type: "BinarySink", storeSettings: { type: "AzureBlobFSWriteSettings" } },
  lines: {
    type: "JsonSink",
    storeSettings: { type: "AzureBlobFSWriteSettings" },
    formatSettings: { type: "JsonWriteSettings", filePattern: "setOfObjects" },
  },
};
