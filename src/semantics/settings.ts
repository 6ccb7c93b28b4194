/**
 * The settings of services and sources: closed, typed sets. Used by the checker, completion and the reference; a new
 * setting is an entry here.
 */

import {
  APPLICATION,
  CATALOG_NAME,
  CATALOG_SCHEMA,
  CLUSTER,
  CONTAINER,
  DAYS,
  DESTINATIONS,
  DURATION,
  EMAILS,
  FOLDER_BELOW,
  FOLDER_OF_WORKSPACE,
  HTTP_ADDRESS,
  ONE_PRINCIPAL,
  PRINCIPALS,
  RUNTIME_NAME,
  SCHEMA_NAME,
  TENANT,
  type TextRule,
} from "./setting-rules.ts";

/** The value of a setting: a literal, or a reference to a param or secret. */
export type Setting =
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "range"; readonly from: number; readonly to: number }
  | { readonly kind: "param"; readonly name: string }
  | { readonly kind: "secret"; readonly name: string };

export type Settings = Readonly<Record<string, Setting>>;

export interface SettingSpec {
  /** `secret`: always a reference to a declared secret; `choice`: one of `choices`, never a param. */
  readonly type: "string" | "int" | "bool" | "range" | "secret" | "choice";
  readonly doc: string;
  /** In the syntax of a program. */
  readonly example: string;
  /** The setting is required if it has neither a default nor `optional`. */
  readonly default?: Setting;
  readonly optional?: true;
  /** The same in every environment, so never a param. */
  readonly literal?: true;
  readonly rule?: TextRule;
  /** The values of a `choice`. */
  readonly choices?: readonly string[];
  /** The minimum and maximum of an integer. */
  readonly between?: readonly [number, number];
}

/** Why a setting cannot have a value, as in "workers must be …"; undefined if it can. */
export function expectedInstead(
  { type, choices, rule, between }: SettingSpec,
  value: string | number | boolean,
): string | undefined {
  if (choices !== undefined) return choices.some((each) => each === value) ? undefined : choicesText(choices);
  if (type === "bool") return typeof value === "boolean" ? undefined : "`true` or `false`";
  if (rule !== undefined) return typeof value === "string" && rule.accepts(value) ? undefined : rule.expected;
  if (between === undefined) return undefined;
  const [least, most] = between;
  const fits = typeof value === "number" && value >= least && value <= most;
  return fits ? undefined : `an integer from ${least} to ${most}`;
}

export type BlockSpec = Readonly<Record<string, SettingSpec>>;

/** `"a", "b" or "c"` */
export function choicesText(choices: readonly string[]): string {
  const quoted = choices.map((each) => `"${each}"`);
  return [quoted.slice(0, -1).join(", "), quoted.at(-1)].filter((each) => each !== "").join(" or ");
}

/** Only Data Factory uses it: local runs connect directly. */
function integrationRuntime(doc: string): SettingSpec {
  return { type: "string", doc, example: '"on-premises"', optional: true, rule: RUNTIME_NAME };
}

const SOURCE_RUNTIME = integrationRuntime(
  "Integration runtime of the data factory that connects to the source: self-hosted, or in a managed virtual network.",
);

function duration(doc: string, value: string): SettingSpec {
  return { type: "string", doc, example: `"${value}"`, default: { kind: "text", value }, rule: DURATION };
}

function retries(doc: string): SettingSpec {
  return { type: "int", doc, example: "3", default: { kind: "number", value: 3 }, between: [0, 10] };
}

/** The project's settings, and the services that each can name. */
export const services: Readonly<Record<string, Readonly<Record<string, BlockSpec>>>> = {
  lake: {
    adls: {
      account: { type: "string", doc: "Name of the storage account.", example: "param.storage_account" },
      container: { type: "string", doc: "Container that holds the lake.", example: '"lake"' },
      keep_loads: {
        type: "string",
        doc: "How long loads are kept whose rows no longer count; without it, all loads are kept.",
        example: '"90d"',
        optional: true,
        rule: DAYS,
      },
      state: {
        type: "string",
        doc: "Container for the records of deployments, to which only who deploys needs access.",
        example: '"medalc-state"',
        default: { kind: "text", value: "medalc-state" },
        rule: CONTAINER,
      },
    },
  },
  ingest: {
    datafactory: {
      name: { type: "string", doc: "Name of the data factory.", example: '"my-df"' },
      timeout: duration("Maximum duration of the copy of a table.", "2h"),
      retries: retries("How often a failed copy is repeated, a minute apart."),
      parallel_tables: {
        type: "int",
        doc: "Number of tables of a source that are copied concurrently.",
        example: "8",
        default: { kind: "number", value: 8 },
        between: [1, 50],
      },
      parallel_copies: {
        type: "int",
        doc: "Maximum number of connections of a copy; by default the service decides.",
        example: "4",
        optional: true,
        between: [1, 256],
      },
      data_integration_units: {
        type: "int",
        doc: "Maximum compute of a copy; by default the service decides.",
        example: "4",
        optional: true,
        between: [2, 256],
      },
      integration_runtime: integrationRuntime(
        "Integration runtime for all connections, except those of sources that name their own.",
      ),
    },
  },
  compute: {
    databricks: {
      workspace: {
        type: "string",
        doc: "URL of the workspace, `https://adb-….azuredatabricks.net`.",
        example: "param.databricks_workspace",
      },
      resource_id: {
        type: "string",
        doc: "Azure resource ID of the workspace; used by the data factory's managed identity to sign in.",
        example: "param.databricks_resource_id",
        optional: true,
      },
      cluster: {
        type: "string",
        doc: "Where the notebooks run: a job cluster shared by all tasks, serverless compute, or an existing cluster by its ID.",
        example: '"serverless"',
        default: { kind: "text", value: "job" },
        rule: CLUSTER,
      },
      access: {
        type: "choice",
        doc: "How the notebooks reach the lake: an external location of Unity Catalog, or a service principal in the Spark settings of the job cluster.",
        example: '"unity_catalog"',
        choices: ["unity_catalog", "service_principal"],
        default: { kind: "text", value: "unity_catalog" },
      },
      tenant_id: {
        type: "string",
        doc: "Entra tenant of the service principal.",
        example: "param.tenant",
        optional: true,
        rule: TENANT,
      },
      client_id: {
        type: "string",
        doc: "Application ID of the service principal.",
        example: "param.lake_client",
        optional: true,
        rule: APPLICATION,
      },
      client_secret: {
        type: "secret",
        doc: "Client secret of the service principal, which the cluster reads from a secret scope.",
        example: "secret.lake_client",
        optional: true,
      },
      secret_scope: {
        type: "string",
        doc: "Secret scope of the client secret; by default the one with the name of its Key Vault.",
        example: '"lake"',
        optional: true,
      },
      runtime: {
        type: "string",
        doc: "Databricks runtime of the job cluster.",
        example: '"17.3 LTS"',
        default: { kind: "text", value: "17.3 LTS" },
      },
      node: {
        type: "string",
        doc: "Azure node type of the job cluster.",
        example: '"Standard_D4ds_v5"',
        default: { kind: "text", value: "Standard_D4ds_v5" },
      },
      workers: {
        type: "range",
        doc: "Minimum and maximum number of workers of the job cluster.",
        example: "1..4",
        default: { kind: "range", from: 1, to: 4 },
      },
      pool: {
        type: "string",
        doc: "ID of the instance pool that the nodes of the job cluster come from, instead of a node type.",
        example: "param.pool",
        optional: true,
      },
      policy: {
        type: "string",
        doc: "ID of the cluster policy of the job cluster.",
        example: "param.cluster_policy",
        optional: true,
      },
      spot: {
        type: "bool",
        doc: "Whether the workers of the job cluster are spot VMs, with on-demand VMs if there are none.",
        example: "true",
        default: { kind: "bool", value: false },
      },
      photon: {
        type: "bool",
        doc: "Whether the job cluster uses Photon.",
        example: "true",
        default: { kind: "bool", value: false },
      },
      timeout: duration("Maximum duration of a run of the job.", "12h"),
      folder: {
        type: "string",
        doc: "Workspace folder for the project's notebooks, which are in a folder for each project and environment below it.",
        example: '"/Workspace/medalc"',
        default: { kind: "text", value: "/Workspace/medalc" },
        rule: FOLDER_OF_WORKSPACE,
      },
      run_as: {
        type: "string",
        doc: "Identity that the job runs as: the application ID of a service principal, or a user. By default the one that deploys it.",
        example: "param.runner",
        optional: true,
        rule: ONE_PRINCIPAL,
      },
      can_manage: {
        type: "string",
        doc: "Who can change the notebooks and the job: groups, application IDs and users, separated by commas.",
        example: '"data-engineers"',
        optional: true,
        rule: PRINCIPALS,
      },
      can_run: {
        type: "string",
        doc: "Who can run the job: the application ID of the data factory's identity, and others.",
        example: "param.factory_application_id",
        optional: true,
        rule: PRINCIPALS,
      },
      can_view: {
        type: "string",
        doc: "Who can see the notebooks and the job's runs.",
        example: '"analysts"',
        optional: true,
        rule: PRINCIPALS,
      },
      catalog: {
        type: "string",
        doc: "Catalog of Unity Catalog in which silver and gold tables are registered; without it they are Delta tables by path.",
        example: "param.catalog",
        optional: true,
        rule: CATALOG_NAME,
      },
      schema: {
        type: "string",
        doc: 'Start of the schemas\' names: with `"shop"` they are `shop_silver` and `shop_gold`, otherwise `silver` and `gold`.',
        example: '"shop"',
        optional: true,
        rule: CATALOG_SCHEMA,
      },
      readers: {
        type: "string",
        doc: "Who can read the gold tables in Unity Catalog: groups, application IDs and users, separated by commas.",
        example: '"analysts"',
        optional: true,
        rule: PRINCIPALS,
      },
      pii_readers: {
        type: "string",
        doc: "Who sees the values of columns with `@pii` in Unity Catalog; for others they are null.",
        example: '"privacy-officers"',
        optional: true,
        rule: PRINCIPALS,
      },
    },
  },
  serve: {
    synapse: {
      workspace: { type: "string", doc: "Name of the Synapse workspace.", example: "param.synapse_workspace" },
      database: { type: "string", doc: "Serverless SQL database of the views.", example: '"gold"' },
      schema: {
        type: "string",
        doc: "Schema of the views. Projects that share a database need one each.",
        example: '"gold"',
        default: { kind: "text", value: "gold" },
        literal: true,
        rule: SCHEMA_NAME,
      },
      timeout: duration("Maximum duration of updating a view after a run; the pool may have to resume first.", "30m"),
      retries: retries("How often a failed update of a view is repeated, a minute apart."),
    },
  },
  notify: {
    on_failure: {
      email: {
        type: "string",
        doc: "Who gets an e-mail when a run of the data factory or of the Databricks job fails: addresses, separated by commas. An empty string notifies nobody.",
        example: '"data-team@shop.example"',
        optional: true,
        rule: EMAILS,
      },
      webhook: {
        type: "secret",
        doc: "URL that Azure Monitor calls when a run of the data factory fails; a secret, because whoever knows it can send messages.",
        example: "secret.alert_webhook",
        optional: true,
      },
      databricks_destinations: {
        type: "string",
        doc: "IDs of up to three notification destinations of the Databricks workspace (Slack, Teams, PagerDuty, webhooks), separated by commas. An empty text is none.",
        example: "param.slack_destination",
        optional: true,
        rule: DESTINATIONS,
      },
    },
  },
};

export const sourceKinds: Readonly<
  Record<
    "http" | "file" | "postgres" | "mongodb",
    {
      readonly settings: BlockSpec;
      readonly objects: readonly string[];
      /** Whether it can list its files, so that a table can read all that match a pattern. */
      readonly isListed?: true;
    }
  >
> = {
  http: {
    settings: {
      base_url: {
        type: "string",
        doc: "Base URL for paths; ends with a slash.",
        example: '"https://example.com/data/"',
        rule: HTTP_ADDRESS,
      },
      integration_runtime: SOURCE_RUNTIME,
    },
    objects: ["csv", "json"],
  },
  file: {
    settings: {
      path: {
        type: "string",
        doc: "Folder in the lake's container; locally, a folder next to the program.",
        example: '"landing/"',
        rule: FOLDER_BELOW,
      },
    },
    objects: ["csv", "json"],
    isListed: true,
  },
  postgres: {
    settings: {
      host: { type: "string", doc: "Host name of the server.", example: "param.host" },
      port: { type: "int", doc: "Port.", example: "5432", default: { kind: "number", value: 5432 } },
      database: { type: "string", doc: "Database.", example: '"erp"' },
      user: { type: "string", doc: "User.", example: '"ingest"' },
      password: { type: "secret", doc: "Password of the user.", example: "secret.password" },
      sslmode: {
        type: "choice",
        doc: "As in libpq: `verify-full` verifies the certificate and its host name, `verify-ca` only the certificate, `require` encrypts without verifying, `disable` does not encrypt.",
        example: '"verify-full"',
        choices: ["verify-full", "verify-ca", "require", "disable"],
        default: { kind: "text", value: "verify-full" },
      },
      integration_runtime: SOURCE_RUNTIME,
    },
    objects: ["table"],
  },
  mongodb: {
    settings: {
      uri: { type: "secret", doc: "Connection string.", example: "secret.uri" },
      database: { type: "string", doc: "Database.", example: '"shop"' },
      integration_runtime: SOURCE_RUNTIME,
    },
    objects: ["collection"],
  },
};

/** Tags, which propagate from a column to what is computed from it. */
export const knownTags: Readonly<Record<string, string>> = {
  pii: "Personal data. Propagates to every column computed from it.",
  unit: 'The unit of a number, `@unit("BRL")`. Propagates when the column is selected, or aggregated with `sum`, `min` or `max`.',
};
