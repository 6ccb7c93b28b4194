/**
 * Unity Catalog: catalogs, schemas, tables and grants, as the API has them and with what it refuses. Tables are registered by
 * runs, never by the API.
 */
import type { Json } from "../../src/deploy/object.ts";
import type { AccessState } from "./access.ts";
import { error, type JsonObject, listIn } from "./databricks-answers.ts";
import type { FakeAnswer, FakeRequest } from "./http.ts";

export interface FakeTable {
  readonly location: string;
  readonly type?: "EXTERNAL" | "MANAGED" | "VIEW";
  readonly comment?: string;
  readonly columns?: Readonly<Record<string, { readonly comment?: string; readonly mask?: string }>>;
}

export interface FakeCatalog {
  /** By full names. */
  readonly schemas: ReadonlyMap<string, JsonObject>;
  readonly tables: ReadonlyMap<string, JsonObject>;
  /** Privileges by principal on a schema itself. */
  grantsOn(schema: string): Readonly<Record<string, readonly string[]>>;
  /** Registers a table or changes its entry as a run does; throws what the service refuses. */
  register(name: string, table: FakeTable): void;
  /** Does with a schema what somebody else would. */
  putSchema(name: string, schema: JsonObject): void;
  grant(schema: string, principal: string, privileges: readonly string[]): void;
  answer(request: FakeRequest): FakeAnswer | undefined;
  save(): () => void;
}

const PRIVILEGES = new Set([
  ...["ALL_PRIVILEGES", "APPLY_TAG", "CREATE_FUNCTION", "CREATE_TABLE", "CREATE_VOLUME", "EXECUTE", "MANAGE", "MODIFY"],
  ...["READ_VOLUME", "REFRESH", "SELECT", "USE_SCHEMA", "WRITE_VOLUME"],
]);
/** Few, so that lists have several pages. */
const PAGE = 2;
const NOT_IN_NAMES = /[. /\p{Cc}]/u;

/** @param me who asks */
export function createFakeCatalog(access: AccessState, me: string): FakeCatalog {
  const schemas = new Map<string, JsonObject>();
  const tables = new Map<string, JsonObject>();
  const grants = new Map<string, Map<string, ReadonlySet<string>>>();
  const granted = (principal: string): readonly string[] =>
    access.catalogPrivileges.get(principal) ?? ["USE_CATALOG", "CREATE_SCHEMA"];

  const grantsOf = (schema: string): Map<string, ReadonlySet<string>> => {
    const known = grants.get(schema) ?? new Map<string, ReadonlySet<string>>();
    grants.set(schema, known);
    return known;
  };

  /** What the service says of a schema that cannot be used. */
  const problemWith = (name: string): FakeAnswer | undefined => {
    const [catalog = ""] = name.split(".");
    if (!access.catalogs.includes(catalog)) {
      return error(404, "CATALOG_DOES_NOT_EXIST", `Catalog '${catalog}' does not exist.`);
    }
    if (!granted(me).includes("USE_CATALOG")) {
      return error(403, "PERMISSION_DENIED", `User does not have USE CATALOG on Catalog '${catalog}'.`);
    }
    return schemas.has(name) ? undefined : error(404, "SCHEMA_DOES_NOT_EXIST", `Schema '${name}' does not exist.`);
  };
  const notOwner = (name: string): FakeAnswer | undefined =>
    schemas.get(name)?.owner === me
      ? undefined
      : error(403, "PERMISSION_DENIED", `User is not an owner of Schema '${name}'.`);

  const createSchema = (body: JsonObject): FakeAnswer => {
    const catalog = String(body.catalog_name);
    const name = `${catalog}.${String(body.name).toLowerCase()}`;
    const problem = problemWith(name);
    if (problem === undefined) return error(400, "SCHEMA_ALREADY_EXISTS", `Schema '${name}' already exists.`);
    if (Object(problem.body).error_code !== "SCHEMA_DOES_NOT_EXIST") return problem;
    if (!granted(me).includes("CREATE_SCHEMA")) {
      return error(403, "PERMISSION_DENIED", `User does not have CREATE SCHEMA on Catalog '${catalog}'.`);
    }
    if (NOT_IN_NAMES.test(String(body.name))) {
      return error(400, "INVALID_PARAMETER_VALUE", `'${body.name}' is not a valid name.`);
    }
    const invalid = propertiesProblem(body);
    if (invalid !== undefined) return invalid;
    schemas.set(name, { ...body, full_name: name, owner: me, created_by: me, schema_id: `s-${schemas.size}` });
    return { status: 200, body: schemas.get(name) };
  };

  const changeSchema = (name: string, body: JsonObject): FakeAnswer => {
    const problem = problemWith(name) ?? notOwner(name) ?? propertiesProblem(body);
    if (problem !== undefined) return problem;
    schemas.set(name, { ...schemas.get(name), ...body });
    return { status: 200, body: schemas.get(name) };
  };

  const changeGrants = (schema: string, body: JsonObject): FakeAnswer => {
    const problem = problemWith(schema) ?? notOwner(schema);
    if (problem !== undefined) return problem;
    const changes = listIn(body.changes);
    for (const { principal, add, remove } of changes) {
      if (access.unknownPrincipals.has(String(principal))) {
        return error(404, "PRINCIPAL_DOES_NOT_EXIST", `Could not find principal with name ${principal}`);
      }
      const unknown = [...namesIn(add), ...namesIn(remove)].find((each) => !PRIVILEGES.has(each));
      if (unknown !== undefined) {
        return error(400, "INVALID_PARAMETER_VALUE", `Privilege ${unknown} is not applicable to this entity.`);
      }
    }
    for (const { principal, add, remove } of changes) {
      const known = grantsOf(schema);
      const now = new Set([...(known.get(String(principal)) ?? []), ...namesIn(add)]);
      for (const each of namesIn(remove)) now.delete(each);
      if (now.size === 0) known.delete(String(principal));
      else known.set(String(principal), now);
    }
    return assignments(schema);
  };

  const assignments = (schema: string): FakeAnswer => {
    const list = [...grantsOf(schema)].map(([principal, privileges]) => ({ principal, privileges: [...privileges] }));
    return { status: 200, body: list.length === 0 ? {} : { privilege_assignments: list } };
  };

  const listTables = (query: URLSearchParams): FakeAnswer => {
    const schema = `${query.get("catalog_name")}.${query.get("schema_name")}`;
    const problem = problemWith(schema);
    if (problem !== undefined) return problem;
    const all = [...tables].filter(([name]) => name.startsWith(`${schema}.`)).map(([, table]) => table);
    const from = Number(query.get("page_token") ?? 0);
    const more = from + PAGE < all.length ? { next_page_token: String(from + PAGE) } : {};
    return { status: 200, body: { tables: all.slice(from, from + PAGE), ...more } };
  };

  const deleteTable = (name: string): FakeAnswer => {
    const schema = name.split(".").slice(0, 2).join(".");
    const problem = problemWith(schema);
    if (problem !== undefined) return problem;
    if (!tables.has(name)) return error(404, "TABLE_DOES_NOT_EXIST", `Table '${name}' does not exist.`);
    if (notOwner(schema) !== undefined && tables.get(name)?.owner !== me) {
      return error(403, "PERMISSION_DENIED", `User is not an owner of Table '${name}'.`);
    }
    tables.delete(name);
    return { status: 200, body: {} };
  };

  const routes: Readonly<Record<string, (name: string, request: Asked) => FakeAnswer>> = {
    "GET catalogs *": (name) =>
      access.catalogs.includes(name)
        ? { status: 200, body: { name, owner: "metastore-admins", catalog_type: "MANAGED_CATALOG" } }
        : error(404, "CATALOG_DOES_NOT_EXIST", `Catalog '${name}' does not exist.`),
    "GET effective-permissions catalog *": (_, { query }) => {
      const principal = query.get("principal") ?? "";
      const privileges = granted(principal).map((privilege) => ({ privilege, inherited_from_name: null }));
      return {
        status: 200,
        body: privileges.length === 0 ? {} : { privilege_assignments: [{ principal, privileges }] },
      };
    },
    "POST schemas": (_, { body }) => createSchema(body),
    "GET schemas *": (name) => problemWith(name) ?? { status: 200, body: schemas.get(name) },
    "PATCH schemas *": (name, { body }) => changeSchema(name, body),
    "GET permissions schema *": (name) => problemWith(name) ?? assignments(name),
    "PATCH permissions schema *": (name, { body }) => changeGrants(name, body),
    "GET tables": (_, { query }) => listTables(query),
    "DELETE tables *": (name) => deleteTable(name),
  };

  return {
    schemas,
    tables,
    grantsOn: (schema) =>
      Object.fromEntries([...grantsOf(schema)].map(([principal, names]) => [principal, [...names].sort()])),
    register(name, { location, type = "EXTERNAL", comment, columns = {} }) {
      const [catalog_name = "", schema_name = "", table = ""] = name.toLowerCase().split(".");
      const problem = problemWith(`${catalog_name}.${schema_name}`);
      if (problem !== undefined) throw new Error(Object(problem.body).message);
      const full_name = `${catalog_name}.${schema_name}.${table}`;
      const other = [...tables].find(([each, { storage_location: there }]) => {
        const [one, two] = [`${location}/`, `${String(there)}/`];
        return each !== full_name && (one.startsWith(two) || two.startsWith(one));
      });
      if (other !== undefined && type === "EXTERNAL") {
        throw new Error(`LOCATION_OVERLAP: Input path url '${location}' overlaps with the table ${other[0]}.`);
      }
      tables.set(full_name, {
        ...{ name: table, catalog_name, schema_name, full_name, table_type: type, owner: "runner" },
        ...(comment === undefined ? {} : { comment }),
        data_source_format: "DELTA",
        storage_location: location,
        columns: Object.entries(columns).map(([column, { comment: said, mask }], position) => ({
          ...{ name: column, type_text: "string", position, nullable: true },
          ...(said === undefined ? {} : { comment: said }),
          ...(mask === undefined ? {} : { mask: { function_name: mask } }),
        })),
      });
    },
    putSchema: (name, schema) => void schemas.set(name, { full_name: name, owner: "somebody", ...schema }),
    grant: (schema, principal, privileges) => void grantsOf(schema).set(principal, new Set(privileges)),
    answer({ method, path, query, body }) {
      const [, version, api, ...words] = path;
      if (version !== "2.1" || api !== "unity-catalog") return undefined;
      const route =
        routes[`${method} ${words.join(" ")}`] ?? routes[`${method} ${[...words.slice(0, -1), "*"].join(" ")}`];
      return route?.(words.at(-1) ?? "", { query, body: body === "" ? {} : JSON.parse(body) });
    },
    save() {
      const saved = [new Map(schemas), new Map(tables)] as const;
      const savedGrants = [...grants].map(([name, own]) => [name, new Map(own)] as const);
      return () => {
        restore(schemas, saved[0]);
        restore(tables, saved[1]);
        grants.clear();
        for (const [name, own] of savedGrants) grants.set(name, new Map(own));
      };
    },
  };
}

interface Asked {
  readonly query: URLSearchParams;
  readonly body: JsonObject;
}

/** Properties are texts. */
function propertiesProblem({ properties }: JsonObject): FakeAnswer | undefined {
  const values = Object.values(Object(properties ?? {}));
  return values.every((each) => typeof each === "string")
    ? undefined
    : error(400, "MALFORMED_REQUEST", "Could not parse request object: properties");
}

function restore(now: Map<string, JsonObject>, saved: ReadonlyMap<string, JsonObject>): void {
  now.clear();
  for (const [name, each] of saved) now.set(name, each);
}

function namesIn(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
