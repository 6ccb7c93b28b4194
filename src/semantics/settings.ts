/**
 * What services and sources can be told: closed, typed property sets. The checker, completion and the reference read
 * this table; a new property of a service is a line here.
 */

/** A setting's value: text, or what will stand there. */
export type Setting =
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "range"; readonly from: number; readonly to: number }
  | { readonly kind: "param"; readonly name: string }
  | { readonly kind: "secret"; readonly name: string };

export type Settings = Readonly<Record<string, Setting>>;

/** What a text has to look like, beyond being one. */
export interface TextRule {
  readonly accepts: (text: string) => boolean;
  /** As in "base_url must be …". */
  readonly expected: string;
}

const HTTP_ADDRESS: TextRule = {
  accepts: (text) => /^https?:\/\/[^/?#\s]/i.test(text) && URL.canParse(text),
  expected: "a URL that starts with https:// or http://",
};

/** In the cloud it is a folder of the lake's container, locally one of the project's. */
const FOLDER_BELOW: TextRule = {
  accepts: (text) =>
    text !== "" && !/^([/\\]|[A-Za-z]:)/.test(text) && !text.split(/[/\\]/).includes("..") && !text.includes("\0"),
  expected: "a relative path below the project folder, without `..`",
};

export interface SettingSpec {
  /** `secret`: only ever a reference to a declared secret; `choice`: one of `choices`, never a param. */
  readonly type: "string" | "int" | "range" | "secret" | "choice";
  readonly doc: string;
  /** As a program would write it. */
  readonly example: string;
  /** Required where there is neither a default nor `optional`. */
  readonly default?: Setting;
  readonly optional?: true;
  readonly rule?: TextRule;
  /** The values of a `choice`. */
  readonly choices?: readonly string[];
}

export type BlockSpec = Readonly<Record<string, SettingSpec>>;

/** What a text of the setting must be; undefined if it accepts the text. */
export function expectedText({ choices, rule }: SettingSpec, text: string): string | undefined {
  if (choices !== undefined && !choices.includes(text)) return choicesText(choices);
  return rule === undefined || rule.accepts(text) ? undefined : rule.expected;
}

/** `"a", "b" or "c"` */
export function choicesText(choices: readonly string[]): string {
  const quoted = choices.map((each) => `"${each}"`);
  return [quoted.slice(0, -1).join(", "), quoted.at(-1)].filter((each) => each !== "").join(" or ");
}

/** The project's settings, and the services that each may name. */
export const services: Readonly<Record<string, Readonly<Record<string, BlockSpec>>>> = {
  lake: {
    adls: {
      account: { type: "string", doc: "Name of the storage account.", example: "param.storage_account" },
      container: { type: "string", doc: "Container that holds the lake.", example: '"lake"' },
    },
  },
  ingest: {
    datafactory: {
      name: { type: "string", doc: "Name of the data factory.", example: '"my-df"' },
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
      runtime: {
        type: "string",
        doc: "Databricks runtime.",
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
        doc: "Minimum and maximum number of workers.",
        example: "1..4",
        default: { kind: "range", from: 1, to: 4 },
      },
    },
  },
  serve: {
    synapse: {
      workspace: { type: "string", doc: "Name of the Synapse workspace.", example: "param.synapse_workspace" },
      database: { type: "string", doc: "Serverless SQL database of the views.", example: '"gold"' },
    },
  },
};

export const sourceKinds: Readonly<
  Record<
    "http" | "file" | "postgres" | "mongodb",
    { readonly settings: BlockSpec; readonly objects: readonly string[] }
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
    },
    objects: ["table"],
  },
  mongodb: {
    settings: {
      uri: { type: "secret", doc: "Connection string.", example: "secret.uri" },
      database: { type: "string", doc: "Database.", example: '"shop"' },
    },
    objects: ["collection"],
  },
};

/** What follows a column to what is computed from it. */
export const knownTags: Readonly<Record<string, string>> = {
  pii: "Personal data. Propagates to every column computed from it.",
  unit: 'The unit of a number, `@unit("BRL")`. Propagates when the column is selected, or aggregated with `sum`, `min` or `max`.',
};
