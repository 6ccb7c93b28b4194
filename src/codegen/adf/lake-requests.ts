/**
 * Requests to the storage account of the lake, by the factory's managed identity: what a Copy activity cannot do, because it
 * only writes what a source has, and what Get Metadata cannot do, because it does not order what it lists.
 */
import type { Program, ServicePlan } from "../../plan/program.ts";
import type { CloudHosts } from "../shared/cloud.ts";
import { type Activity, type Parameters, reference } from "./model.ts";
import { required, retryingPolicy } from "./settings.ts";
import { expression, type Json, type JsonObject, text } from "./value.ts";

/** The parameter of a pipeline that has the URL of the lake's container. */
export function containerParameter({ lake }: Program, hosts: CloudHosts): Parameters {
  const url = text`https://${required(lake, "account")}.blob.${hosts.storage}/${required(lake, "container")}`;
  return { container: { type: "String", defaultValue: url } };
}

/** Expressions for the folder of a load. */
export interface LoadFolder {
  readonly table: string;
  readonly load: string;
}

/** An expression for a file in the folder of a load, relative to the URL of the container. */
export function fileOfLoad({ table, load }: LoadFolder, file: string): string {
  return `/bronze/@{uriComponent(${table})}/load=@{${load}}/${file}`;
}

/**
 * @param path an expression, relative to the URL of the container
 * @param ingest its policy and its integration runtime
 */
export function readLake(name: string, path: string, ingest: ServicePlan): Activity {
  return request(name, path, ingest, { method: "GET", headers: VERSION });
}

/** A blob is replaced as a whole: a reader sees the old one or the new one. */
export function writeLake(name: string, path: string, body: Json, ingest: ServicePlan): Activity {
  return request(name, path, ingest, { method: "PUT", headers: { "x-ms-blob-type": "BlockBlob", ...VERSION }, body });
}

const VERSION = { "x-ms-version": "2023-11-03" };

function request(name: string, path: string, ingest: ServicePlan, rest: JsonObject): Activity {
  const { integration_runtime: runtime } = ingest.settings;
  return {
    name,
    type: "WebActivity",
    policy: retryingPolicy(ingest),
    typeProperties: {
      url: expression(`@{pipeline().parameters.container}${path}`),
      ...rest,
      authentication: { type: "MSI", resource: "https://storage.azure.com/" },
      ...(runtime ? { connectVia: reference("IntegrationRuntimeReference", text`${runtime}`) } : {}),
    },
  };
}
