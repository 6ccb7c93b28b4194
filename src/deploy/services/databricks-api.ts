/** Requests to the workspace API, with common error handling. */
import { failure } from "../../runner/errors.ts";
import { type JsonObject, propertiesOf } from "../json.ts";
import type { Json } from "../object.ts";
import type { Owner } from "../ownership.ts";
import {
  type AzureAnswer,
  type AzureHttp,
  type AzureHttpOptions,
  createAzureHttp,
  errorCodeOf,
  problemOf,
} from "./azure-http.ts";
import type { Identity } from "./credentials.ts";
import { refused, shellWord } from "./service-errors.ts";

export interface DatabricksOptions {
  /** The workspace is the endpoint: `https://adb-1.azuredatabricks.net`. */
  readonly http: Omit<AzureHttpOptions, "service" | "grant">;
  /** The project folder: `/Shared/medalc/olist`. */
  readonly folder: string;
  /** The catalog in which tables are registered. */
  readonly catalog?: string;
  /** Who reads the gold tables in it. */
  readonly readers?: readonly string[];
  /** The values of the tags that mark jobs. */
  readonly owner: Owner;
}

export const SERVICE = "Databricks";
/** The service's error codes for a missing object. */
export const MISSING = "RESOURCE_DOES_NOT_EXIST";

/** The same of Unity Catalog. A catalog that does not exist is an error. */
const MISSING_CODES: ReadonlySet<string> = new Set([MISSING, "SCHEMA_DOES_NOT_EXIST", "TABLE_DOES_NOT_EXIST"]);

type Path = readonly [version: string, ...words: string[]];

export interface Api {
  readonly send: AzureHttp["send"];
  get(action: string, path: Path, query: Readonly<Record<string, string>>): Promise<JsonObject>;
  /** Undefined if the object does not exist. */
  find(action: string, path: Path, query: Readonly<Record<string, string>>): Promise<JsonObject | undefined>;
  post(action: string, path: Path, body: Json, repeatable?: boolean): Promise<AzureAnswer>;
  put(action: string, path: Path, body: Json): Promise<AzureAnswer>;
  patch(action: string, path: Path, body: Json): Promise<AzureAnswer>;
  delete(action: string, path: Path): Promise<AzureAnswer>;
  /** Throws a failure with the service's message for an unsuccessful response. */
  done(action: string, answer: AzureAnswer): JsonObject;
}

export function createApi(options: DatabricksOptions["http"]): Api {
  const http = createAzureHttp({ ...options, service: SERVICE, grant: grantCommand });
  const done = (action: string, answer: AzureAnswer): JsonObject => {
    if (answer.status === 200) return propertiesOf(answer.body);
    throw failure(refused({ service: SERVICE, action }, problemOf(answer)));
  };
  return {
    send: http.send,
    done,
    get: async (action, path, query) =>
      done(action, await http.send({ action, method: "GET", path: ["api", ...path], query })),
    find: async (action, path, query) => {
      const answer = await http.send({ action, method: "GET", path: ["api", ...path], query });
      return MISSING_CODES.has(errorCodeOf(answer) ?? "") ? undefined : done(action, answer);
    },
    patch: (action, path, body) => http.send({ action, method: "PATCH", path: ["api", ...path], body }),
    delete: (action, path) => http.send({ action, method: "DELETE", path: ["api", ...path] }),
    put: (action, path, body) => http.send({ action, method: "PUT", path: ["api", ...path], body }),
    post: (action, path, body, repeatable = true) =>
      http.send({ action, method: "POST", path: ["api", ...path], body, repeatable }),
  };
}

/** The command that adds the identity to the workspace, with the entitlements that a deployment and its job need. */
function grantCommand(identity: Identity | undefined): string {
  const entitlements = [{ value: "workspace-access" }, { value: "allow-cluster-create" }];
  const name = identity?.name ?? "APPLICATION_ID";
  return identity?.kind === "User"
    ? `databricks users create --json ${shellWord(JSON.stringify({ userName: name, entitlements }))}`
    : `databricks service-principals create --json ${shellWord(JSON.stringify({ applicationId: name, entitlements }))}`;
}
