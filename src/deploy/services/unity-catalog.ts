/**
 * The client for the schemas of a project in Unity Catalog and the tables in them. Deployments create and change schemas and
 * their grants; tables are registered by runs, and only removed here, which keeps their files.
 */
import { ENVIRONMENT_TAG, PROJECT_TAG } from "../desired/databricks.ts";
import { isList, type JsonObject, objectOf, propertiesOf, textOf } from "../json.ts";
import { normalSchema, normalTableLocation } from "../normalize/databricks.ts";
import { type ActualObject, type Json, keyOf } from "../object.ts";
import type { Owner } from "../ownership.ts";
import { errorCodeOf } from "./azure-http.ts";
import type { Api } from "./databricks-api.ts";

type Version = "2.1";
const UNITY = ["2.1" satisfies Version, "unity-catalog"] as const;

export interface UnityCatalog {
  /** The wanted schemas that exist, by full name, and all tables in them. */
  read(wanted: ReadonlyMap<string, JsonObject>): Promise<readonly ActualObject[]>;
  /** Creates a schema or changes it to the body. */
  writeSchema(name: string, body: JsonObject): Promise<void>;
  /** Removes an external table from the catalog. */
  removeTable(name: string): Promise<void>;
}

export function createUnityCatalog(api: Api, owner: Owner): UnityCatalog {
  const listed = async (
    action: string,
    path: readonly string[],
    query: Query,
    list: string,
  ): Promise<readonly Json[]> => {
    const found: Json[] = [];
    for (let token: string | undefined = ""; token !== undefined; ) {
      const page: Query = token === "" ? {} : { page_token: token };
      const body = await api.get(action, [...UNITY, ...path], { ...query, ...page });
      const items = body[list];
      if (isList(items)) found.push(...items);
      const next = textOf(body.next_page_token);
      token = next === undefined || next === "" ? undefined : next;
    }
    return found;
  };

  const grantsOn = (name: string): Promise<readonly Json[]> =>
    listed(`read the grants on the schema ${name}`, ["permissions", "schema", name], {}, "privilege_assignments");

  const readSchema = async (name: string, wanted: JsonObject): Promise<readonly ActualObject[]> => {
    const schema = await api.find(`read the schema ${name}`, [...UNITY, "schemas", name], {});
    if (schema === undefined) return [];
    const grants = wanted.grants === undefined ? undefined : await grantsOn(name);
    const body = normalSchema(schema, grants);
    const marks = propertiesOf(schema.properties);
    const [project, environment] = [textOf(marks[PROJECT_TAG]), textOf(marks[ENVIRONMENT_TAG])];
    const mark = { project, ...(environment === undefined ? {} : { environment }) };
    const { location } = propertiesOf(body);
    const [catalog_name = "", schema_name = ""] = name.split(".");
    const tables = await listed(`list the tables of ${name}`, ["tables"], { catalog_name, schema_name }, "tables");
    const id = { service: "databricks", kind: "catalogSchema", name } as const;
    return [
      { ...id, ...mark, body, needs: [] },
      ...tables.map(propertiesOf).map((table): ActualObject => {
        const isOurs = table.table_type === "EXTERNAL" && isBelow(textOf(table.storage_location), textOf(location));
        const tableName = `${name}.${textOf(table.name)}`;
        return {
          ...{
            service: "databricks",
            kind: "catalogTable",
            name: tableName,
            body: tableBody(table),
            needs: [keyOf(id)],
          },
          ...(isOurs ? mark : { project: undefined }),
        };
      }),
    ];
  };

  const changeGrants = async (name: string, wanted: JsonObject): Promise<void> => {
    const { grants: actual } = propertiesOf(normalSchema({}, await grantsOn(name)));
    const granted = propertiesOf(actual);
    const changes = [...new Set([...Object.keys(granted), ...Object.keys(wanted)])].sort().flatMap((principal) => {
      const add = namesIn(wanted[principal]).filter((each) => !namesIn(granted[principal]).includes(each));
      const remove = namesIn(granted[principal]).filter((each) => !namesIn(wanted[principal]).includes(each));
      return add.length + remove.length === 0 ? [] : [{ principal, add, remove }];
    });
    if (changes.length === 0) return;
    const action = `change the grants on the schema ${name}`;
    api.done(action, await api.patch(action, [...UNITY, "permissions", "schema", name], { changes }));
  };

  return {
    async read(wanted) {
      const found = await Promise.all([...wanted].map(([name, body]) => readSchema(name, body)));
      return found.flat();
    },
    async writeSchema(name, body) {
      const [catalog_name = "", schema = ""] = name.split(".");
      const properties = {
        [PROJECT_TAG]: owner.project,
        [ENVIRONMENT_TAG]: owner.environment,
        medal_location: textOf(body.location) ?? "",
      };
      const said = { comment: textOf(body.comment) ?? "", properties };
      const action = `create the schema ${name}`;
      const answer = await api.post(action, [...UNITY, "schemas"], { name: schema, catalog_name, ...said });
      if (errorCodeOf(answer) === "SCHEMA_ALREADY_EXISTS") {
        const change = `change the schema ${name}`;
        api.done(change, await api.patch(change, [...UNITY, "schemas", name], said));
      } else api.done(action, answer);
      if (body.grants !== undefined) await changeGrants(name, propertiesOf(body.grants));
    },
    async removeTable(name) {
      const action = `remove the table ${name}`;
      const answer = await api.delete(action, [...UNITY, "tables", name]);
      if (errorCodeOf(answer) !== "TABLE_DOES_NOT_EXIST") api.done(action, answer);
    },
  };
}

type Query = Readonly<Record<string, string>>;

function namesIn(privileges: Json | undefined): readonly string[] {
  return (isList(privileges) ? privileges : []).map(String);
}

/** Whether a table is in a folder of the lake. */
function isBelow(location: string | undefined, folder: string | undefined): boolean {
  if (location === undefined || folder === undefined || folder === "") return false;
  return normalTableLocation(location).startsWith(`${normalTableLocation(folder)}/`);
}

/** As the program says it: see desired/catalog-tables.ts. */
function tableBody(table: JsonObject): Json {
  const columns = (isList(table.columns) ? table.columns : []).map(propertiesOf).map((column) => {
    const comment = textOf(column.comment) ?? "";
    const mask = textOf(propertiesOf(column.mask).function_name);
    const entry = objectOf([
      ...(comment === "" ? [] : [["comment", comment] as const]),
      ...(mask === undefined ? [] : [["mask", mask] as const]),
    ]);
    return [textOf(column.name) ?? "", entry] as const;
  });
  return {
    columns: Object.fromEntries(columns),
    comment: textOf(table.comment) ?? "",
    location: normalTableLocation(textOf(table.storage_location) ?? ""),
  };
}
