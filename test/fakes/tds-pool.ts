/**
 * A serverless SQL pool: databases with their credentials, data sources, schemas, views, users and rights, changed by the
 * statements that deployments send and refused as the service refuses them. The catalogue views are tables of a real SQL
 * engine, SQLite, which takes the queries and the conditions of statements as they come.
 */
import { DatabaseSync, type SQLOutputValue } from "node:sqlite";
import { type AccessState, createAccess, FACTORY_SID } from "./access.ts";
import type { Entra } from "./entra.ts";
import { createFaults, type Faults } from "./http.ts";
import { type ResultSet, type SqlError, type SqlService, startTds, type TdsServer } from "./tds.ts";

export interface FakePool extends TdsServer {
  /** Sends a batch past the wire, as somebody else would. */
  run(database: string, text: string): readonly ResultSet[];
  /** The rows of all catalogue views, by database. */
  rows(): PoolRows;
  /** Remembers all that there is; the function brings it back. */
  save(): () => void;
}

export type PoolRows = Readonly<Record<string, Readonly<Record<string, readonly Row[]>>>>;
type Row = Readonly<Record<string, SQLOutputValue>>;

export interface PoolOptions {
  readonly entra: Entra;
  readonly faults?: Faults;
  readonly access?: AccessState;
  /** Names that Entra does not know. */
  readonly unknownPrincipals?: readonly string[];
  /** What the identity that signs in may not: `CONTROL`, `CREATE ANY DATABASE`. */
  readonly denied?: readonly string[];
}

const AUDIENCE = "https://database.windows.net";

export async function startPool(options: PoolOptions): Promise<FakePool> {
  const databases = new Map<string, DatabaseSync>();
  const service = createPool(options, databases);
  const server = await startTds(service, options.faults ?? createFaults());
  const rows = (): PoolRows => Object.fromEntries([...databases].map(([name, engine]) => [name, rowsIn(engine)]));
  return {
    ...server,
    rows,
    save() {
      const saved = rows();
      return () => {
        for (const [name, engine] of databases) {
          if (saved[name] === undefined) databases.delete(name);
          else fill(engine, saved[name]);
        }
      };
    },
    run(database, text) {
      const outcome = service.batch(text, database);
      if ("number" in outcome) throw new Error(`${outcome.number}: ${outcome.message}`);
      return outcome;
    },
  };
}

function rowsIn(engine: DatabaseSync): PoolRows[string] {
  return Object.fromEntries(TABLES.map((table) => [table, engine.prepare(`SELECT * FROM ${table}`).all()]));
}

function fill(engine: DatabaseSync, rows: PoolRows[string]): void {
  engine.exec(`BEGIN;${TABLES.map((table) => `DELETE FROM ${table};`).join("")}`);
  for (const [table, all] of Object.entries(rows)) {
    for (const row of all) {
      const names = Object.keys(row);
      const insert = `INSERT INTO ${table} (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`;
      engine.prepare(insert).run(...Object.values(row));
    }
  }
  engine.exec("COMMIT");
}

function createPool(
  { entra, unknownPrincipals = [], denied = [], access = createAccess() }: PoolOptions,
  databases: Map<string, DatabaseSync>,
): SqlService {
  const master = createDatabase("master", databases, denied);
  databases.set("master", master);
  addDatabase(master, "master", "SQL_Latin1_General_CP1_CI_AS");

  return {
    login(token, database) {
      if (entra.refusal(`Bearer ${token}`, AUDIENCE) !== undefined) {
        return { number: 18456, message: "Login failed for user '<token-identified principal>'." };
      }
      if (databases.has(database)) return undefined;
      return { number: 4060, message: `Cannot open database "${database}" requested by the login. The login failed.` };
    },
    batch(text, database) {
      const at = databases.get(database);
      if (at === undefined) return { number: 911, message: `Database '${database}' does not exist.` };
      try {
        return run(text, { name: database, engine: at, databases, master, unknownPrincipals, denied, access });
      } catch (error) {
        if (isSqlError(error)) return error;
        return { number: 102, message: `Incorrect syntax: ${error instanceof Error ? error.message : error}` };
      }
    },
  };
}

interface Session {
  readonly name: string;
  readonly engine: DatabaseSync;
  readonly databases: Map<string, DatabaseSync>;
  readonly master: DatabaseSync;
  readonly unknownPrincipals: readonly string[];
  readonly denied: readonly string[];
  readonly access: AccessState;
}

/** The columns that documentation names, as far as they are asked for. */
const CATALOGUE = `
  CREATE TABLE sys.databases (database_id INTEGER PRIMARY KEY, name TEXT UNIQUE, collation_name TEXT);
  CREATE TABLE sys.symmetric_keys (symmetric_key_id INTEGER PRIMARY KEY, name TEXT UNIQUE);
  CREATE TABLE sys.database_scoped_credentials (credential_id INTEGER PRIMARY KEY, name TEXT UNIQUE, credential_identity TEXT);
  CREATE TABLE sys.external_data_sources (data_source_id INTEGER PRIMARY KEY, name TEXT UNIQUE, location TEXT, credential_id INTEGER);
  CREATE TABLE sys.schemas (schema_id INTEGER PRIMARY KEY, name TEXT UNIQUE);
  CREATE TABLE sys.views (object_id INTEGER PRIMARY KEY, name TEXT, schema_id INTEGER, UNIQUE (schema_id, name));
  CREATE TABLE sys.sql_modules (object_id INTEGER PRIMARY KEY, definition TEXT);
  CREATE TABLE sys.sql_expression_dependencies (
    referencing_id INTEGER, referenced_database_name TEXT, referenced_schema_name TEXT, referenced_entity_name TEXT
  );
  CREATE TABLE sys.database_principals (principal_id INTEGER PRIMARY KEY, name TEXT UNIQUE, type TEXT, sid TEXT);
  CREATE TABLE sys.database_role_members (role_principal_id INTEGER, member_principal_id INTEGER, UNIQUE (role_principal_id, member_principal_id));
  CREATE TABLE sys.database_permissions (
    class INTEGER, major_id INTEGER, grantee_principal_id INTEGER, permission_name TEXT, state TEXT,
    UNIQUE (class, major_id, grantee_principal_id, permission_name)
  );
  INSERT INTO sys.schemas (name) VALUES ('dbo'), ('sys');
  INSERT INTO sys.database_principals (name, type) VALUES ('public', 'R'), ('dbo', 'S'), ('db_owner', 'R');
`;

const TABLES: readonly string[] = [...CATALOGUE.matchAll(/CREATE TABLE (\S+)/g)].map(([, table = ""]) => table);

function createDatabase(
  name: string,
  databases: ReadonlyMap<string, DatabaseSync>,
  denied: readonly string[],
): DatabaseSync {
  const engine = new DatabaseSync(":memory:");
  engine.function("DB_NAME", () => name);
  engine.exec(`ATTACH ':memory:' AS sys;${CATALOGUE}`);
  engine.function("DB_ID", (name) => (databases.has(String(name)) ? 5 : null));
  engine.function("SCHEMA_ID", (name) => idIn(engine, "schemas", "schema_id", String(name)));
  engine.function("DATABASE_PRINCIPAL_ID", (name) => idIn(engine, "database_principals", "principal_id", String(name)));
  engine.function("varchar", (length) => length);
  engine.function("CONVERT", (_type, value, _style) => value);
  engine.function("HAS_PERMS_BY_NAME", (_securable, _class, name) => (denied.includes(String(name)) ? 0 : 1));
  return engine;
}

function addDatabase(master: DatabaseSync, name: string, collation: string): void {
  master.prepare("INSERT INTO sys.databases (name, collation_name) VALUES (?, ?)").run(name, collation);
}

function idIn(engine: DatabaseSync, table: string, column: string, name: string): number | null {
  const row = engine.prepare(`SELECT ${column} AS id FROM sys.${table} WHERE name = ?`).get(name);
  return row === undefined ? null : Number(row.id);
}

function isSqlError(error: unknown): error is SqlError {
  return typeof error === "object" && error !== null && "number" in error && "message" in error;
}

function fail(number: number, message: string): never {
  throw Object.assign(new Error(message), { number });
}

const NAME = String.raw`\[((?:[^\]]|\]\])*)\]`;
const TEXT = "N?'((?:[^']|'')*)'";

/** One batch. What a view begins with are comments, which stay with it. */
function run(text: string, session: Session): readonly ResultSet[] {
  const code = text.replace(/^(?:\s*--[^\n]*\n)*\s*/, "");
  if (/^CREATE (?:OR ALTER )?VIEW\b/i.test(code)) return createView(text, code, session);
  if (/^SELECT\b/i.test(code)) return select(code, session.engine);
  const condition = conditionOf(code);
  if (condition !== undefined) {
    const holds = session.engine.prepare(`SELECT (${sqlite(condition.test)}) AS holds`).get()?.holds;
    return holds === 1 ? run(condition.statement, session) : [];
  }
  const executed = /^EXEC \(([\s\S]*)\);?\s*$/.exec(code);
  if (executed !== null) return run(joined(executed[1] ?? ""), session);
  statement(code.trim().replace(/;$/, ""), session);
  return [];
}

/** `N'a' + N'b'` */
function joined(pieces: string): string {
  return [...pieces.matchAll(new RegExp(TEXT, "g"))].map(([, text = ""]) => text.replaceAll("''", "'")).join("");
}

/** `IF <test> <then>`, where the test is `NOT EXISTS (…)`, `EXISTS (…)` or `F(…) IS NULL`. */
function conditionOf(code: string): { readonly test: string; readonly statement: string } | undefined {
  const head = /^IF ((?:NOT )?EXISTS |\w+)\s*(?=\()/.exec(code);
  if (head === null) return undefined;
  const end = closing(code, head[0].length);
  const tail = /^\s+IS NULL/.exec(code.slice(end))?.[0] ?? "";
  return { test: code.slice(3, end) + tail, statement: code.slice(end + tail.length).trim() };
}

/** The place behind the parenthesis that closes the one at `at`. */
function closing(code: string, at: number): number {
  const tokens = new RegExp(`${NAME}|${TEXT}|[()]`, "g");
  tokens.lastIndex = at;
  let depth = 0;
  for (let match = tokens.exec(code); match !== null; match = tokens.exec(code)) {
    if (match[0] === "(") depth += 1;
    if (match[0] === ")") depth -= 1;
    if (depth === 0) return tokens.lastIndex;
  }
  fail(102, "Incorrect syntax near ')'.");
}

function sqlite(code: string): string {
  return code.replace(new RegExp(`${NAME}|N('(?:[^']|'')*')|'(?:[^']|'')*'`, "g"), (all, _name, text) => text ?? all);
}

/** The statements of a batch of queries, each to its semicolon. */
function select(code: string, engine: DatabaseSync): readonly ResultSet[] {
  return code.split(/;\s*(?:\n|$)/).flatMap((query) => {
    if (query.trim() === "") return [];
    const prepared = engine.prepare(sqlite(query));
    const columns = prepared.columns().map(({ name }) => name);
    const rows = prepared
      .all()
      .map((row) => columns.map((name) => (row[name] === null || row[name] === undefined ? null : String(row[name]))));
    return [{ columns, rows }];
  });
}

function createView(text: string, code: string, { engine }: Session): readonly ResultSet[] {
  const [, schema = "", name = ""] = matched(code, `^CREATE (?:OR ALTER )?VIEW ${NAME}\\.${NAME} AS\\b`) ?? [];
  if (name === "") fail(102, "Incorrect syntax near 'VIEW'.");
  const owner = idIn(engine, "schemas", "schema_id", schema);
  if (owner === null) {
    fail(2760, `The specified schema name "${schema}" either does not exist or you do not have permission to use it.`);
  }
  for (const [, source = ""] of code.matchAll(/DATA_SOURCE = '((?:[^']|'')*)'/g)) {
    if (idIn(engine, "external_data_sources", "data_source_id", source.replaceAll("''", "'")) === null) {
      fail(12703, `Referenced external data source "${source}" not found.`);
    }
  }
  const known = engine.prepare("SELECT object_id FROM sys.views WHERE schema_id = ? AND name = ?").get(owner, name);
  if (known !== undefined && !/^CREATE OR ALTER/i.test(code)) {
    fail(2714, `There is already an object named '${name}' in the database.`);
  }
  // The server cuts the words out and leaves the blanks.
  const definition = text.replace(/^CREATE OR ALTER (?=VIEW)/im, "CREATE   ");
  const insert = engine.prepare("INSERT INTO sys.views (name, schema_id) VALUES (?, ?)");
  const id = known === undefined ? insert.run(name, owner).lastInsertRowid : Number(known.object_id);
  engine.prepare("INSERT OR REPLACE INTO sys.sql_modules VALUES (?, ?)").run(id, definition);
  engine.prepare("DELETE FROM sys.sql_expression_dependencies WHERE referencing_id = ?").run(id);
  const depend = engine.prepare("INSERT INTO sys.sql_expression_dependencies VALUES (?, ?, ?, ?)");
  const used = new RegExp(`\\b(?:FROM|JOIN)\\s+(?:${NAME}\\.)?${NAME}\\.${NAME}`, "gi");
  for (const [, database, owner, entity] of code.matchAll(used)) {
    depend.run(id, unquoted(database), unquoted(owner), unquoted(entity));
  }
  return [];
}

const unquoted = (name: string | undefined): string | null => name?.replaceAll("]]", "]") ?? null;

/** The names and texts of a statement without their quotes; undefined where it is another one. */
function matched(code: string, pattern: string): readonly string[] | undefined {
  const match = new RegExp(pattern).exec(code);
  return match?.map((part) => (part ?? "").replaceAll("]]", "]").replaceAll("''", "'"));
}

type Statement = (parts: readonly string[], session: Session) => void;

const statements: readonly (readonly [pattern: string, run: Statement])[] = [
  [
    `^CREATE DATABASE ${NAME} COLLATE (\\w+)$`,
    ([, name = "", collation = ""], { master, databases, denied }) => {
      if (denied.includes("CREATE ANY DATABASE")) fail(262, "CREATE DATABASE permission denied in database 'master'.");
      databases.set(name, createDatabase(name, databases, denied));
      addDatabase(master, name, collation);
    },
  ],
  [
    "^BEGIN[\\s\\S]*CREATE MASTER KEY ENCRYPTION BY PASSWORD[\\s\\S]*END$",
    (_, { engine }) => {
      engine.exec("INSERT INTO sys.symmetric_keys (name) VALUES ('##MS_DatabaseMasterKey##')");
    },
  ],
  [
    `^CREATE DATABASE SCOPED CREDENTIAL ${NAME} WITH IDENTITY = ${TEXT}$`,
    ([, name = "", identity = ""], { engine }) => {
      if (idIn(engine, "symmetric_keys", "symmetric_key_id", "##MS_DatabaseMasterKey##") === null) {
        fail(15581, "Please create a master key in the database or open the master key in the session.");
      }
      engine
        .prepare("INSERT INTO sys.database_scoped_credentials (name, credential_identity) VALUES (?, ?)")
        .run(name, identity);
    },
  ],
  [
    `^CREATE EXTERNAL DATA SOURCE ${NAME} WITH \\(\\s*LOCATION = ${TEXT},\\s*CREDENTIAL = ${NAME}\\s*\\)$`,
    ([, name = "", location = "", credential = ""], { engine }) => {
      const id = idIn(engine, "database_scoped_credentials", "credential_id", credential);
      if (id === null) fail(15151, `Cannot find the credential '${credential}', because it does not exist.`);
      engine
        .prepare("INSERT INTO sys.external_data_sources (name, location, credential_id) VALUES (?, ?, ?)")
        .run(name, location, id);
    },
  ],
  [
    `^DROP EXTERNAL DATA SOURCE ${NAME}$`,
    ([, name = ""], { engine }) => {
      engine.prepare("DELETE FROM sys.external_data_sources WHERE name = ?").run(name);
    },
  ],
  [
    `^CREATE SCHEMA ${NAME}$`,
    ([, name = ""], { engine }) => {
      engine.prepare("INSERT INTO sys.schemas (name) VALUES (?)").run(name);
    },
  ],
  [
    `^DROP VIEW IF EXISTS ${NAME}\\.${NAME}$`,
    ([, schema = "", name = ""], { engine }) => {
      const owner = idIn(engine, "schemas", "schema_id", schema);
      engine.prepare("DELETE FROM sys.views WHERE schema_id = ? AND name = ?").run(owner, name);
      for (const [table, id] of [
        ["sql_modules", "object_id"],
        ["sql_expression_dependencies", "referencing_id"],
      ]) {
        engine.exec(`DELETE FROM sys.${table} WHERE ${id} NOT IN (SELECT object_id FROM sys.views)`);
      }
    },
  ],
  [
    `^CREATE ROLE ${NAME}$`,
    ([, name = ""], { engine }) => {
      engine.prepare("INSERT INTO sys.database_principals (name, type) VALUES (?, 'R')").run(name);
    },
  ],
  [
    `^CREATE USER ${NAME} FROM EXTERNAL PROVIDER$`,
    ([, name = ""], { engine, unknownPrincipals, access }) => {
      // A service principal asks Entra ID with the rights of the workspace's identity.
      if (!access.directoryReaders) {
        fail(33134, `Principal '${name}' could not be resolved. Error message: 'Insufficient privileges.'`);
      }
      if (unknownPrincipals.includes(name)) {
        fail(33130, `Principal '${name}' could not be found or this principal type is not supported.`);
      }
      const insert = "INSERT INTO sys.database_principals (name, type, sid) VALUES (?, 'E', ?)";
      engine.prepare(insert).run(name, FACTORY_SID);
    },
  ],
  [
    `^CREATE USER ${NAME} WITH SID = (0x[0-9A-F]{32}), TYPE = E$`,
    ([, name = "", sid = ""], { engine }) => {
      engine.prepare("INSERT INTO sys.database_principals (name, type, sid) VALUES (?, 'E', ?)").run(name, sid);
    },
  ],
  [
    `^DROP USER ${NAME}$`,
    ([, name = ""], { engine }) => {
      engine.prepare("DELETE FROM sys.database_principals WHERE name = ?").run(name);
    },
  ],
  [
    `^GRANT ([A-Z, ]+?)(?: ON (SCHEMA|DATABASE SCOPED CREDENTIAL)::${NAME})? TO ${NAME}$`,
    ([, permissions = "", kind = "", on = "", to = ""], { engine }) => {
      const grantee = principal(engine, to);
      const [number, id] =
        kind === ""
          ? [0, 0]
          : kind === "SCHEMA"
            ? [3, idIn(engine, "schemas", "schema_id", on)]
            : [32, idIn(engine, "database_scoped_credentials", "credential_id", on)];
      if (id === null) fail(15151, `Cannot find the ${kind.toLowerCase()} '${on}', because it does not exist.`);
      for (const permission of permissions.split(", ")) {
        engine
          .prepare("INSERT OR REPLACE INTO sys.database_permissions VALUES (?, ?, ?, ?, 'G')")
          .run(number, id, grantee, permission);
      }
    },
  ],
  [
    `^ALTER ROLE ${NAME} ADD MEMBER ${NAME}$`,
    ([, role = "", member = ""], { engine }) => {
      const ids = [principal(engine, role), principal(engine, member)];
      engine.prepare("INSERT OR IGNORE INTO sys.database_role_members VALUES (?, ?)").run(...ids);
    },
  ],
];

function principal(engine: DatabaseSync, name: string): number {
  const id = idIn(engine, "database_principals", "principal_id", name);
  return id ?? fail(15151, `Cannot find the user '${name}', because it does not exist or you do not have permission.`);
}

function statement(code: string, session: Session): void {
  for (const [pattern, work] of statements) {
    const parts = matched(code, pattern);
    if (parts === undefined) continue;
    if (session.denied.includes("CONTROL") && session.name !== "master") {
      fail(262, `${code.split(/\s+/).slice(0, 2).join(" ")} permission denied in database '${session.name}'.`);
    }
    work(parts, session);
    return;
  }
  fail(102, `Incorrect syntax near '${code.slice(0, 40)}'.`);
}
