/** The objects of the serverless pool as data, used by the scripts and by deployments. */
import type { Program, ServicePlan } from "../../plan/program.ts";
import { hostsIn } from "../shared/cloud.ts";
import { COLLATION, DATA_SOURCE, viewScripts } from "../shared/serving-views.ts";
import { requiredText } from "../shared/settings.ts";
import type { EnvironmentValues } from "../target.ts";

/** The serving database or an object in it. */
export type ServingObject =
  | { readonly kind: "database"; readonly name: string; readonly collation: string }
  | { readonly kind: "credential"; readonly name: string; readonly identity: string }
  | { readonly kind: "dataSource"; readonly name: string; readonly location: string; readonly credential: string }
  | { readonly kind: "schema"; readonly name: string }
  /** Has the name of its table, `gold.orders`. */
  | { readonly kind: "view"; readonly name: string; readonly text: string }
  | { readonly kind: "role"; readonly name: string }
  /** Of Entra ID. */
  | { readonly kind: "user"; readonly name: string }
  | { readonly kind: "grant"; readonly permission: Permission; readonly on?: Securable; readonly to: string }
  | { readonly kind: "member"; readonly role: string; readonly member: string };

export type Permission = "SELECT" | "ALTER" | "REFERENCES" | "CREATE VIEW" | "ADMINISTER DATABASE BULK OPERATIONS";

/** The securable of a permission; the database by default. */
export interface Securable {
  readonly class: "SCHEMA" | "DATABASE SCOPED CREDENTIAL";
  readonly name: string;
}

const SCHEMA = "gold";
const CREDENTIAL = "lake_identity";
const READER = "gold_reader";
/** The role of the data factory. */
export const PUBLISHER = "gold_publisher";

export interface Serving {
  readonly server: string;
  readonly database: Extract<ServingObject, { kind: "database" }>;
  /** Each list is a script, after its dependencies. */
  readonly storage: readonly ServingObject[];
  readonly schema: readonly ServingObject[];
  readonly views: readonly Extract<ServingObject, { kind: "view" }>[];
  /** Permissions of readers. */
  readonly readers: readonly ServingObject[];
  /** Permissions of the data factory to recreate the views; empty without one. */
  readonly publishers: readonly ServingObject[];
}

export function servingOf(program: Program, serve: ServicePlan, environment: EnvironmentValues): Serving {
  const hosts = hostsIn(environment);
  const account = requiredText(program.lake.settings, "account", environment);
  const container = requiredText(program.lake.settings, "container", environment);
  const location = `https://${account}.dfs.${hosts.storage}/${container}/${SCHEMA}`;
  const factory =
    program.ingest?.kind === "datafactory" ? requiredText(program.ingest.settings, "name", environment) : undefined;
  return {
    server: `${requiredText(serve.settings, "workspace", environment)}-ondemand.${hosts.synapse}`,
    database: { kind: "database", name: requiredText(serve.settings, "database", environment), collation: COLLATION },
    storage: [
      { kind: "credential", name: CREDENTIAL, identity: "Managed Identity" },
      { kind: "dataSource", name: DATA_SOURCE, location, credential: CREDENTIAL },
    ],
    schema: [{ kind: "schema", name: SCHEMA }],
    views: viewScripts(program).map(({ name, text }) => ({ kind: "view", name, text })),
    readers: [
      { kind: "role", name: READER },
      { kind: "grant", permission: "SELECT", on: schema, to: READER },
      { kind: "grant", permission: "REFERENCES", on: credential, to: READER },
    ],
    publishers: factory === undefined ? [] : publishers(factory),
  };
}

const schema: Securable = { class: "SCHEMA", name: SCHEMA };
const credential: Securable = { class: "DATABASE SCOPED CREDENTIAL", name: CREDENTIAL };

function publishers(factory: string): readonly ServingObject[] {
  return [
    { kind: "role", name: PUBLISHER },
    { kind: "grant", permission: "CREATE VIEW", to: PUBLISHER },
    { kind: "grant", permission: "ALTER", on: schema, to: PUBLISHER },
    { kind: "grant", permission: "SELECT", on: schema, to: PUBLISHER },
    { kind: "grant", permission: "REFERENCES", on: credential, to: PUBLISHER },
    { kind: "grant", permission: "ADMINISTER DATABASE BULK OPERATIONS", to: PUBLISHER },
    { kind: "user", name: factory },
    { kind: "member", role: PUBLISHER, member: factory },
  ];
}
