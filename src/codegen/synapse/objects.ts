/** The objects of the serverless pool as data, used by the scripts and by deployments. */
import type { Program, ServicePlan } from "../../plan/program.ts";
import { hostsIn } from "../shared/cloud.ts";
import { safeName } from "../shared/names.ts";
import {
  COLLATION,
  dataSourceName,
  hasPersonalData,
  piiReaderRole,
  viewSchema,
  viewScripts,
} from "../shared/serving-views.ts";
import { requiredText } from "../shared/settings.ts";
import type { EnvironmentValues } from "../target.ts";

/** The serving database or an object in it. */
export type ServingObject =
  | { readonly kind: "database"; readonly name: string; readonly collation: string }
  | { readonly kind: "credential"; readonly name: string; readonly identity: string }
  | { readonly kind: "dataSource"; readonly name: string; readonly location: string; readonly credential: string }
  | { readonly kind: "schema"; readonly name: string }
  /** `gold.orders`; `table`: the table that it shows. */
  | { readonly kind: "view"; readonly name: string; readonly text: string; readonly table?: string }
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

/** The folder of the views' tables in the lake. */
const LAYER = "gold";

/** The role of the data factory in the schema of the views. */
export function publisherRole(schema: string): string {
  return `${safeName(schema)}_publisher`;
}

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
  const location = `https://${account}.dfs.${hosts.storage}/${container}/${LAYER}`;
  const factory =
    program.ingest?.kind === "datafactory" ? requiredText(program.ingest.settings, "name", environment) : undefined;
  const schemaName = viewSchema(program);
  const credentialName = `${dataSourceName(program)}_identity`;
  // Projects that share a database have their own schemas, and so their own roles.
  const reader = `${safeName(schemaName)}_reader`;
  const piiReader = piiReaderRole(program);
  const publisher = publisherRole(schemaName);
  const schema: Securable = { class: "SCHEMA", name: schemaName };
  const credential: Securable = { class: "DATABASE SCOPED CREDENTIAL", name: credentialName };
  return {
    server: `${requiredText(serve.settings, "workspace", environment)}-ondemand.${hosts.synapse}`,
    database: { kind: "database", name: requiredText(serve.settings, "database", environment), collation: COLLATION },
    storage: [
      { kind: "credential", name: credentialName, identity: "Managed Identity" },
      { kind: "dataSource", name: dataSourceName(program), location, credential: credentialName },
    ],
    schema: [{ kind: "schema", name: schemaName }],
    views: viewScripts(program).map(({ name: table, text: [before, after] }) => ({
      kind: "view",
      name: `${schemaName}${table.slice(table.indexOf("."))}`,
      text: `${before}${environment.name}${after}`,
      table,
    })),
    readers: [
      { kind: "role", name: reader },
      { kind: "grant", permission: "SELECT", on: schema, to: reader },
      { kind: "grant", permission: "REFERENCES", on: credential, to: reader },
      ...(hasPersonalData(program)
        ? ([
            { kind: "role", name: piiReader },
            { kind: "member", role: reader, member: piiReader },
          ] as const)
        : []),
    ],
    publishers:
      factory === undefined
        ? []
        : [
            { kind: "role", name: publisher },
            { kind: "grant", permission: "CREATE VIEW", to: publisher },
            { kind: "grant", permission: "ALTER", on: schema, to: publisher },
            { kind: "grant", permission: "SELECT", on: schema, to: publisher },
            { kind: "grant", permission: "REFERENCES", on: credential, to: publisher },
            { kind: "grant", permission: "ADMINISTER DATABASE BULK OPERATIONS", to: publisher },
            { kind: "user", name: factory },
            { kind: "member", role: publisher, member: factory },
          ],
  };
}
