/** Requests to the workspace, with the answers that all of them share. */
import { failure } from "../../runner/errors.ts";
import { type JsonObject, propertiesOf } from "../json.ts";
import type { Json } from "../object.ts";
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
  /** The project's folder: `/Shared/medalc/olist`. All below it is the project's. */
  readonly folder: string;
  /** The value of the jobs' tag. */
  readonly project: string;
}

export const SERVICE = "Databricks";
/** What the service calls what is not there. */
export const MISSING = "RESOURCE_DOES_NOT_EXIST";

type Path = readonly [version: string, ...words: string[]];

export interface Api {
  readonly send: AzureHttp["send"];
  get(action: string, path: Path, query: Readonly<Record<string, string>>): Promise<JsonObject>;
  /** Undefined where the service says that there is no such thing. */
  find(action: string, path: Path, query: Readonly<Record<string, string>>): Promise<JsonObject | undefined>;
  post(action: string, path: Path, body: Json, repeatable?: boolean): Promise<AzureAnswer>;
  /** Throws a failure with the service's words for an answer that is none of success. */
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
      return errorCodeOf(answer) === MISSING ? undefined : done(action, answer);
    },
    post: (action, path, body, repeatable = true) =>
      http.send({ action, method: "POST", path: ["api", ...path], body, repeatable }),
  };
}

/** Makes the identity known to the workspace, with what a deployment and its job need. */
function grantCommand(identity: Identity | undefined): string {
  const entitlements = [{ value: "workspace-access" }, { value: "allow-cluster-create" }];
  const name = identity?.name ?? "APPLICATION_ID";
  return identity?.kind === "User"
    ? `databricks users create --json ${shellWord(JSON.stringify({ userName: name, entitlements }))}`
    : `databricks service-principals create --json ${shellWord(JSON.stringify({ applicationId: name, entitlements }))}`;
}
