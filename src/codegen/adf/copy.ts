/** The copy of a table into the folder of a load, the same for every way of loading. */
import type { Program, ServicePlan, SourcePlan } from "../../plan/program.ts";
import type { CloudHosts } from "../shared/cloud.ts";
import type { Names } from "../shared/names.ts";
import type { CopyParts } from "./connectors/connector.ts";
import type { LoadFolder } from "./lake-requests.ts";
import { type Activity, type Build, reference } from "./model.ts";
import type { Services } from "./services.ts";
import { retryingPolicy } from "./settings.ts";
import { expression, type JsonObject, plain } from "./value.ts";

export interface IngestContext {
  readonly program: Program;
  readonly ingest: ServicePlan;
  readonly hosts: CloudHosts;
  readonly services: Services;
  readonly build: Build;
  readonly names: Names;
}

export const COPY = "copy_table";

export interface CopiedTable {
  readonly services: Services;
  readonly ingest: ServicePlan;
  readonly copy: CopyParts;
  /** The dataset to read the source by. */
  readonly dataset: string;
  readonly folder: LoadFolder;
  /** An expression: the table, an element of the ingest pipeline's `tables`. */
  readonly item: string;
  readonly dependsOn?: readonly string[];
}

export function copyActivity({ services, ingest, copy, dataset, folder, item, dependsOn = [] }: CopiedTable): Activity {
  const path = `bronze/@{${folder.table}}/load=@{${folder.load}}`;
  const output =
    copy.sink === "folder"
      ? reference("DatasetReference", services.lakeFolders, { folder: expression(`${path}@{${item}.below}`) })
      : reference("DatasetReference", copy.sink === "bytes" ? services.lakeFiles : services.lakeLines, {
          folder: expression(path),
          file: expression(`@${item}.file`),
        });
  return {
    name: COPY,
    type: "Copy",
    dependsOn,
    policy: retryingPolicy(ingest),
    userProperties: [{ name: "table", value: expression(`@${folder.table}`) }],
    typeProperties: { source: copy.source, sink: sinks[copy.sink], ...copySize(ingest) },
    inputs: [reference("DatasetReference", dataset, copy.input)],
    outputs: [output],
  };
}

/** The dataset to read a source by. */
export function datasetOf(source: SourcePlan, { datasetOf }: Services): string {
  const dataset = datasetOf.get(source);
  if (dataset === undefined) throw new Error(`source ${source.name} has no dataset`);
  return dataset;
}

/** Whether the copy found no file. */
export const NO_FILE = `equals(activity('${COPY}').output.filesWritten, 0)`;

/** Fails because a pattern has no file. */
export function noFile(item: string): Activity {
  const message = `@concat('bronze.', ${item}.table, ': no file matches ', ${item}.name, ' in the folder ', ${item}.folder)`;
  return {
    name: "no_file",
    type: "Fail",
    typeProperties: { message: expression(message), errorCode: "source-object-missing" },
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
  folder: {
    type: "BinarySink",
    storeSettings: { type: "AzureBlobFSWriteSettings", copyBehavior: "PreserveHierarchy" },
  },
  lines: {
    type: "JsonSink",
    storeSettings: { type: "AzureBlobFSWriteSettings" },
    formatSettings: { type: "JsonWriteSettings", filePattern: "setOfObjects" },
  },
};
