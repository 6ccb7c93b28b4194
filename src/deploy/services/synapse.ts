/**
 * A serverless SQL pool: one batch of queries reads the whole state of the database, and each object is written by the
 * statements of the scripts. A view is the project's by the mark in its text; what views stand on is made, never removed.
 */
import { quoteName, quoteText } from "../../codegen/shared/tsql.ts";
import type { Securable, ServingObject } from "../../codegen/synapse/objects.ts";
import { statementsOf } from "../../codegen/synapse/statements.ts";
import { failure, isFailure } from "../../runner/errors.ts";
import { idOf, PERMISSIONS, servingObject, synapseBody } from "../desired/synapse.ts";
import { ownerOfView } from "../normalize/synapse.ts";
import { type ActualObject, keyOf, type ObjectId, type ObjectKey } from "../object.ts";
import { isOurs, type Owner } from "../ownership.ts";
import type { ServiceClient } from "../service.ts";
import { type Check, checked } from "./check.ts";
import { type Identity, identityOf } from "./credentials.ts";
import { forbidden, shellWord } from "./service-errors.ts";
import { createSqlServer, type SqlRow, type SqlServer, type SqlServerOptions } from "./sql-server.ts";
import { createUser } from "./synapse-access.ts";

export interface SynapseOptions extends Omit<SqlServerOptions, "service" | "grant"> {
  readonly database: string;
  /** The owner of the project's views. */
  readonly owner: Owner;
  /** The application ID of an identity; undefined if it is not known. */
  applicationId?(name: string): Promise<string | undefined>;
}

const SERVICE = "Synapse";

export function createSynapse(options: SynapseOptions): ServiceClient {
  const { database, owner } = options;
  const server = createServer(options);
  return {
    service: "synapse",
    async read(wanted) {
      const names = new Set(wanted.map(keyOf));
      const schemas = new Set(wanted.flatMap(({ kind, name }) => (kind === "schema" ? [name] : [])));
      // Views of other projects in a schema of ours are a conflict.
      const isInSchema = ({ kind, name, project }: ActualObject): boolean =>
        kind === "view" && project !== undefined && schemas.has(schemaOf(name));
      const objects = (await readAll(server, database)).map(actual);
      const isKnown = (object: ActualObject): boolean =>
        names.has(keyOf(object)) || (object.kind === "view" && isOurs(object, owner));
      const known = new Set(objects.filter(isKnown).map(keyOf));
      // Only a view that may be removed must not be read by others.
      const mayGo = objects.some((object) => isKnown(object) && object.kind === "view" && !names.has(keyOf(object)));
      const needs = mayGo ? await readDependencies(server, database) : new Map<ObjectKey, readonly ObjectKey[]>();
      return objects
        .map((object) => ({ ...object, needs: needs.get(keyOf(object)) ?? [] }))
        .filter((each) => known.has(keyOf(each)) || isInSchema(each) || each.needs.some((key) => known.has(key)));
    },
    async write(object) {
      const serving = servingObject(object);
      if (serving.kind === "user") {
        const { signal, pause = 1000, onWait, applicationId = async () => undefined } = options;
        const { name } = serving;
        await createUser({
          ...{ server, database, name, signal, pause, applicationId: () => applicationId(name) },
          ...(onWait ? { onWait } : {}),
        });
        return;
      }
      const at = serving.kind === "database" ? "master" : database;
      for (const text of statementsOf(serving)) {
        await server.send({ action: `write the ${object.kind} ${object.name}`, database: at, text });
      }
    },
    async remove({ kind, name }: ObjectId) {
      if (kind !== "view") throw new Error(`a deployment removes no ${kind}`);
      const [schema = "", ...rest] = name.split(".");
      const text = `DROP VIEW IF EXISTS ${quoteName(schema)}.${quoteName(rest.join("."))};\n`;
      await server.send({ action: `remove the view ${name}`, database, text });
    },
  };
}

/** The schema of a view: `gold` of `gold.orders`. */
function schemaOf(view: string): string {
  return view.slice(0, view.indexOf("."));
}

export function createServer(options: Omit<SynapseOptions, "owner">): SqlServer {
  return createSqlServer({
    ...options,
    service: SERVICE,
    grant: (identity, database) => grantCommand(options, identity, database),
  });
}

function actual(object: ServingObject): ActualObject {
  return {
    ...idOf(object),
    body: synapseBody(object),
    needs: [],
    ...(object.kind === "view" ? ownerOfView(object.text) : { project: undefined }),
  };
}

/** All that there is of the kinds that programs have; nothing where there is no such database. */
async function readAll(server: SqlServer, database: string): Promise<readonly ServingObject[]> {
  const found = await readDatabase(server, database);
  if (found === undefined) return [];
  const rows = await server.send({ action: `list what is in ${database}`, database, text: CATALOGUE });
  return [
    { kind: "database", name: database, collation: textIn(found, "collation") },
    ...rows.flatMap((row) => servingIn(row) ?? []),
  ];
}

/** Which views read which other ones, by key; none where the pool has no such catalogue, or does not show it. */
async function readDependencies(
  server: SqlServer,
  database: string,
): Promise<ReadonlyMap<ObjectKey, readonly ObjectKey[]>> {
  const found = new Map<ObjectKey, ObjectKey[]>();
  const action = `list what views of ${database} read`;
  const rows = await server.send({ action, database, text: DEPENDENCIES }).catch((error: unknown) => {
    if (isFailure(error) && error.diagnostics.every(({ code }) => code === "service-refused")) return [];
    throw error;
  });
  const viewKey = (schema: string, name: string): ObjectKey =>
    keyOf({ service: "synapse", kind: "view", name: `${schema}.${name}` });
  for (const row of rows) {
    const user = viewKey(textIn(row, "schema_name"), textIn(row, "name"));
    const used = viewKey(textIn(row, "used_schema"), textIn(row, "used_name"));
    found.set(user, [...(found.get(user) ?? []), used]);
  }
  return found;
}

/** Names only: the pool resolves no identity where a view is made before what it reads. */
const DEPENDENCIES = `SELECT DISTINCT s.name AS schema_name, v.name AS name,
    d.referenced_schema_name AS used_schema, d.referenced_entity_name AS used_name
FROM sys.sql_expression_dependencies AS d
JOIN sys.views AS v ON v.object_id = d.referencing_id
JOIN sys.schemas AS s ON s.schema_id = v.schema_id
WHERE d.referenced_schema_name IS NOT NULL
    AND (d.referenced_database_name IS NULL OR d.referenced_database_name = DB_NAME());
`;

async function readDatabase(server: SqlServer, database: string): Promise<SqlRow | undefined> {
  const text = `SELECT name, collation_name AS collation FROM sys.databases WHERE name = ${quoteText(database)};\n`;
  const [found] = await server.send({ action: `show the database ${database}`, database: "master", text });
  return found;
}

/** One trip for all. The first column tells them apart; unions would mix the collations of the catalogue. */
const CATALOGUE = `SELECT 'credential' AS kind, name, credential_identity AS identity_text
FROM sys.database_scoped_credentials;
SELECT 'dataSource' AS kind, d.name AS name, d.location AS location, c.name AS credential
FROM sys.external_data_sources AS d
LEFT JOIN sys.database_scoped_credentials AS c ON c.credential_id = d.credential_id;
SELECT 'schema' AS kind, name
FROM sys.schemas;
SELECT 'view' AS kind, s.name AS schema_name, v.name AS name, m.definition AS definition
FROM sys.views AS v
JOIN sys.schemas AS s ON s.schema_id = v.schema_id
JOIN sys.sql_modules AS m ON m.object_id = v.object_id;
SELECT 'principal' AS kind, name, type
FROM sys.database_principals
WHERE type IN ('R', 'E', 'X');
SELECT 'grant' AS kind, d.permission_name AS permission, s.name AS schema_name, c.name AS credential, p.name AS grantee
FROM sys.database_permissions AS d
JOIN sys.database_principals AS p ON p.principal_id = d.grantee_principal_id
LEFT JOIN sys.schemas AS s ON d.class = 3 AND s.schema_id = d.major_id
LEFT JOIN sys.database_scoped_credentials AS c ON d.class = 32 AND c.credential_id = d.major_id
WHERE d.class IN (0, 3, 32) AND d.state IN ('G', 'W');
SELECT 'member' AS kind, r.name AS role, m.name AS member
FROM sys.database_role_members AS rm
JOIN sys.database_principals AS r ON r.principal_id = rm.role_principal_id
JOIN sys.database_principals AS m ON m.principal_id = rm.member_principal_id;
`;

/** Undefined for what no program has. */
function servingIn(row: SqlRow): ServingObject | undefined {
  const text = (column: string): string => textIn(row, column);
  switch (row.kind) {
    case "credential":
      return { kind: "credential", name: text("name"), identity: text("identity_text") };
    case "dataSource":
      return { kind: "dataSource", name: text("name"), location: text("location"), credential: text("credential") };
    case "schema":
      return { kind: "schema", name: text("name") };
    case "view":
      return { kind: "view", name: `${text("schema_name")}.${text("name")}`, text: text("definition") };
    case "principal":
      return { kind: text("type").trim() === "R" ? "role" : "user", name: text("name") };
    case "grant": {
      const permission = PERMISSIONS.find((each) => each === text("permission"));
      const on = securableIn(row);
      return permission && { kind: "grant", permission, ...(on ? { on } : {}), to: text("grantee") };
    }
    default:
      return { kind: "member", role: text("role"), member: text("member") };
  }
}

/** Of a definition that the identity may not see there is none. */
function textIn(row: SqlRow, column: string): string {
  return row[column] ?? "";
}

function securableIn({ schema_name: schema, credential }: SqlRow): Securable | undefined {
  if (typeof schema === "string") return { class: "SCHEMA", name: schema };
  return typeof credential === "string" ? { class: "DATABASE SCOPED CREDENTIAL", name: credential } : undefined;
}

/**
 * What lets an identity deploy: in the database all there is in it; where that is not there yet, the role of the
 * workspace that may create one.
 */
function grantCommand(
  { server }: Pick<SynapseOptions, "server">,
  identity: Identity | undefined,
  database: string,
): string {
  const workspace = server.split(".")[0]?.replace(/-ondemand$/, "") ?? server;
  if (database === "master") {
    const assignee = identity?.objectId ?? "OBJECT_ID";
    const role = `--role "Synapse SQL Administrator" --assignee ${shellWord(assignee)}`;
    return `az synapse role assignment create --workspace-name ${shellWord(workspace)} ${role}`;
  }
  const user = quoteName(identity?.name ?? "NAME");
  return `USE ${quoteName(database)}; CREATE USER ${user} FROM EXTERNAL PROVIDER; GRANT CONTROL TO ${user};`;
}

/** Whether the pool answers, takes the identity and lets it do what a deployment does, as far as reading can tell. */
export async function checkSynapse(options: SynapseOptions): Promise<readonly Check[]> {
  const { server, database, tokens } = options;
  const sql = createServer(options);
  let there = false;
  const reachable = await checked(`server ${server}`, async () => {
    there = (await readDatabase(sql, database)) !== undefined;
    return there
      ? `reachable, and the database ${database} exists`
      : "reachable; the first deployment creates the database";
  });
  if (reachable.kind === "wrong") return [reachable];
  const rights = await checked(
    `rights in ${there ? database : server}`,
    async () => {
      const at = there ? database : "master";
      const action = there ? `deploy to ${database}` : `create the database ${database}`;
      const may = there ? "HAS_PERMS_BY_NAME(DB_NAME(), 'DATABASE', 'CONTROL')" : CREATE_DATABASE;
      const [row] = await sql.send({ action: "list the rights", database: at, text: `SELECT ${may} AS may;\n` });
      if (row?.may === "1") return "sufficient to deploy";
      const grant = grantCommand(options, identityOf(await tokens.current()), at);
      throw failure(forbidden({ service: SERVICE, action }, "a right is missing", grant));
    },
    "deploy-database",
  );
  return [reachable, rights];
}

const CREATE_DATABASE = "HAS_PERMS_BY_NAME(NULL, NULL, 'CREATE ANY DATABASE')";
