/**
 * The normal form of what a Databricks workspace has. The Jobs API answers with defaults filled in and with tasks in an
 * order of its own. "bundles" is the list of such properties that databricks/cli keeps for the same purpose
 * (bundle/direct/dresources/configs/jobs.yml, bundle/config/mutator/resourcemutator), "terraform" that of
 * databricks/terraform-provider-databricks (jobs/resource_job.go, clusters/resource_cluster.go).
 */
import { isList, isObject, type JsonObject, objectOf, propertiesOf, textOf } from "../json.ts";
import type { Json } from "../object.ts";
import { normalText } from "./text.ts";

/** `language` as the API spells it: `PYTHON`. */
export function normalNotebook(language: string, text: string): Json {
  return { language: language.toUpperCase(), text: normalText(text) };
}

/**
 * A schema of Unity Catalog: its comment, the location of its tables, and who has which privileges on it, if the program sets
 * some. Both the bundle and the API have it in this form.
 */
export function normalSchema(schema: JsonObject, grants: readonly Json[] | undefined): Json {
  const { medal_location: location } = propertiesOf(schema.properties);
  return objectOf([
    ["comment", textOf(schema.comment) ?? ""],
    ["location", textOf(location) ?? ""],
    ...(grants === undefined ? [] : [["grants", objectOf(grants.map(grantOf).sort())] as const]),
  ]);
}

/** A principal with its privileges, which Unity Catalog writes `USE SCHEMA` or `USE_SCHEMA`. */
function grantOf(assignment: Json): readonly [principal: string, privileges: Json] {
  const { principal, privileges } = propertiesOf(assignment);
  const names = (isList(privileges) ? privileges : []).map((each) => String(each).replaceAll(" ", "_").toUpperCase());
  return [textOf(principal) ?? "", names.sort()];
}

/** Where a table is, however the location is written. */
export function normalTableLocation(location: string): string {
  const plain = location.replace(/\/+$/, "");
  try {
    return decodeURIComponent(plain);
  } catch {
    return plain;
  }
}

/** A folder only exists, with permissions if the program sets them. */
export const normalFolder: Json = {};

/** The workspace's files are found with `/Workspace` before their path and without; lists have it without. */
export function normalPath(path: string): string {
  return path.replace(/^\/Workspace(?=\/)/, "").replace(/(?<=.)\/+$/, "");
}

/**
 * The settings of a job, without the envelope. A job that runs another refers to it by `job_name`, which says the same in
 * every workspace: `jobName` gives the name to an id, and who sends the settings puts an id in its place.
 */
export function normalJob(settings: Json, jobName: (id: Json) => string = String): Json {
  return normalObject(propertiesOf(settings), "settings", jobName);
}

/** Filled in by the service, nothing that a deployment says; bundles. */
const SERVER_ONLY: Readonly<Record<string, ReadonlySet<string>>> = {
  settings: new Set(["format", "run_as", "deployment", "edit_mode"]),
  // What kind of virtual machines, disks and who pays: the workspace decides.
  new_cluster: new Set(["azure_attributes", "enable_elastic_disk", "enable_local_disk_encryption", "workload_type"]),
};

/** Properties that say the same as none, by what holds them. */
const DEFAULTS: Readonly<Record<string, Readonly<Record<string, Json>>>> = {
  settings: {
    // Bundles, resource_mutator.go; API 2.2 queues unless it is told not to.
    queue: { enabled: true },
    max_concurrent_runs: 1,
    timeout_seconds: 0,
  },
  tasks: {
    // Bundles: `backend_values: ["ALL_SUCCESS"]`.
    run_if: "ALL_SUCCESS",
    // Terraform: zero values are left out when they are sent.
    timeout_seconds: 0,
    max_retries: 0,
    min_retry_interval_millis: 0,
    retry_on_timeout: false,
    disabled: false,
  },
  // Only of who is notified of a start, a success or a failure; the service adds it.
  email_notifications: { no_alert_for_skipped_runs: false },
  // Bundles: `notebook_task.source: [backend_default]`; from Git only where the job says so.
  notebook_task: { source: "WORKSPACE" },
  // The engine that a runtime has unless Photon is asked for; terraform: computed.
  new_cluster: { runtime_engine: "STANDARD" },
};

/** Empty, or false all over, they notify nobody; the service fills them in so (terraform: `suppress_diff`). */
const NOTIFICATIONS: ReadonlySet<string> = new Set([
  ...["email_notifications", "webhook_notifications", "notification_settings"],
]);

/** Lists whose items have a name, and no order: the service gives tasks in one of its own (terraform: sortTasksByKey). */
const NAMED: Readonly<Record<string, string>> = {
  tasks: "task_key",
  depends_on: "task_key",
  job_clusters: "job_cluster_key",
  parameters: "name",
};

/** `owner`: the name of the property that holds the object or the list that it is in. */
function normalObject(object: JsonObject, owner: string, jobName: (id: Json) => string): JsonObject {
  const entries = Object.entries(object).flatMap(([name, raw]): (readonly [string, Json])[] => {
    if (raw === null || SERVER_ONLY[owner]?.has(name)) return [];
    if (name === "job_id" && owner === "run_job_task") return [["job_name", jobName(raw)]];
    if (name === "notebook_path") return [[name, normalPath(textOf(raw) ?? "")]];
    // Another name of the same mode (databricks-sdk-py, DataSecurityMode).
    if (name === "data_security_mode" && raw === "DATA_SECURITY_MODE_DEDICATED") return [[name, "SINGLE_USER"]];
    // The driver is as the workers unless it is told otherwise (bundles: backend_default).
    if (name === "driver_node_type_id" && raw === object.node_type_id) return [];
    const value = normalValue(raw, name, jobName);
    if (NOTIFICATIONS.has(name) && saysNothing(value)) return [];
    // The API leaves empty lists and objects out, or fills them in, as it likes (terraform: `omitempty`).
    if (isEmpty(value)) return [];
    return isDefault(value, DEFAULTS[owner]?.[name]) ? [] : [[name, value]];
  });
  return objectOf(entries);
}

function normalValue(value: Json, name: string, jobName: (id: Json) => string): Json {
  if (isObject(value)) return normalObject(value, name, jobName);
  if (!isList(value)) return value;
  const items = value.map((each) => normalValue(each, name, jobName));
  const key = NAMED[name];
  return key === undefined ? items : items.toSorted((a, b) => (nameIn(a, key) < nameIn(b, key) ? -1 : 1));
}

function nameIn(item: Json, key: string): string {
  return textOf(propertiesOf(item)[key]) ?? "";
}

function isDefault(value: Json, usual: Json | undefined): boolean {
  return usual !== undefined && JSON.stringify(value) === JSON.stringify(usual);
}

function isEmpty(value: Json): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

function saysNothing(value: Json): boolean {
  return (
    value === false || (isObject(value) && Object.values(value).every((each) => saysNothing(each) || isEmpty(each)))
  );
}
