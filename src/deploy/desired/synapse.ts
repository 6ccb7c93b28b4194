/** The objects of the serverless SQL pool, from the same data as the scripts. */
import { type Permission, type Securable, type ServingObject, servingOf } from "../../codegen/synapse/objects.ts";
import type { EnvironmentValues } from "../../codegen/target.ts";
import type { Program } from "../../plan/program.ts";
import { propertiesOf, textOf } from "../json.ts";
import { normalLocation, normalView } from "../normalize/synapse.ts";
import { type DesiredObject, type Json, type Kind, keyOf, type ObjectId, type ObjectKey } from "../object.ts";

export function desiredSynapse(program: Program, environment: EnvironmentValues): readonly DesiredObject[] {
  if (program.serve?.kind !== "synapse") return [];
  const serving = servingOf(program, program.serve, environment);
  const inFile = (file: string, objects: readonly ServingObject[]) =>
    objects.map((object) => desired(object, `synapse/${file}.sql`, keyOf(idOf(serving.database))));
  return [
    ...inFile("01-database", [serving.database]),
    ...inFile("02-storage", serving.storage),
    ...inFile("03-schema", serving.schema),
    ...inFile("04-views", serving.views),
    ...inFile("05-grants", [...serving.readers, ...serving.publishers]),
  ];
}

function desired(object: ServingObject, file: string, database: ObjectKey): DesiredObject {
  return {
    ...idOf(object),
    body: synapseBody(object),
    needs: object.kind === "database" ? [] : [database, ...needsOf(object)],
    tables: object.kind === "view" ? [object.table ?? object.name] : [],
    file,
  };
}

function id(kind: Kind, name: string): ObjectId {
  return { service: "synapse", kind, name };
}

/** What names an object among all of the pool: of a right, all that it says. */
export function idOf(object: ServingObject): ObjectId {
  switch (object.kind) {
    case "role":
      return id("user", object.name);
    case "grant": {
      const on = object.on ? ` ON ${object.on.class}::${object.on.name}` : "";
      return id("grant", `${object.permission}${on} TO ${object.to}`);
    }
    case "member":
      return id("grant", `MEMBER ${object.member} OF ${object.role}`);
    default:
      return id(object.kind, object.name);
  }
}

/** The normal form of an object, wanted or there. */
export function synapseBody(object: ServingObject): Json {
  switch (object.kind) {
    case "database":
      return { collation: object.collation };
    case "credential":
      return { identity: object.identity };
    case "dataSource":
      return { credential: object.credential, location: normalLocation(object.location) };
    case "schema":
      return {};
    case "view":
      return normalView(object.text);
    case "role":
    case "user":
      return { type: object.kind };
    case "grant":
      return {
        ...(object.on ? { on: { class: object.on.class, name: object.on.name } } : {}),
        permission: object.permission,
        to: object.to,
      };
    case "member":
      return { member: object.member, role: object.role };
    default:
      return object satisfies never;
  }
}

/** The object that an id and a normal form stand for: the way back, for who brings it about. */
export function servingObject({ kind, name, body }: Pick<DesiredObject, "kind" | "name" | "body">): ServingObject {
  const said = propertiesOf(body);
  const text = (property: string): string => {
    const value = textOf(said[property]);
    if (value === undefined) throw new Error(`${kind} ${name} says no ${property}`);
    return value;
  };
  switch (kind) {
    case "database":
      return { kind, name, collation: text("collation") };
    case "credential":
      return { kind, name, identity: text("identity") };
    case "dataSource":
      return { kind, name, location: text("location"), credential: text("credential") };
    case "schema":
      return { kind, name };
    case "view":
      return { kind, name, text: text("text") };
    case "user":
      return { kind: text("type") === "role" ? "role" : "user", name };
    case "grant": {
      if (said.member !== undefined) return { kind: "member", member: text("member"), role: text("role") };
      const on = securable(said.on);
      return { kind, permission: permission(text("permission")), ...(on ? { on } : {}), to: text("to") };
    }
    default:
      throw new Error(`${kind} ${name} is nothing of Synapse`);
  }
}

/** Whether `servingObject` accepts the object: it may come from a damaged record. */
export function isSynapseBody(object: Pick<DesiredObject, "kind" | "name" | "body">): boolean {
  try {
    servingObject(object);
    return true;
  } catch {
    return false;
  }
}

export const PERMISSIONS: readonly Permission[] = [
  ...(["SELECT", "ALTER", "REFERENCES", "CREATE VIEW", "ADMINISTER DATABASE BULK OPERATIONS"] as const),
];

function permission(text: string): Permission {
  const known = PERMISSIONS.find((each) => each === text);
  if (known === undefined) throw new Error(`a program grants no ${text}`);
  return known;
}

function securable(on: Json | undefined): Securable | undefined {
  const { class: kind, name } = propertiesOf(on);
  if (typeof name !== "string") return undefined;
  return { class: kind === "SCHEMA" ? "SCHEMA" : "DATABASE SCOPED CREDENTIAL", name };
}

/** Beside the database, in which all are. */
function needsOf(object: ServingObject): readonly ObjectKey[] {
  const key = (kind: Kind, name: string): ObjectKey => keyOf(id(kind, name));
  switch (object.kind) {
    case "dataSource":
      return [key("credential", object.credential)];
    case "view":
      return [key("schema", object.name.slice(0, object.name.indexOf("."))), ...dataSourcesOf(object.text)];
    // A user of Entra ID is looked up there: the factory's identity has to exist.
    case "user":
      return [keyOf({ service: "adf", kind: "factory", name: object.name })];
    case "grant": {
      const on = object.on && key(object.on.class === "SCHEMA" ? "schema" : "credential", object.on.name);
      return [...(on ? [on] : []), key("user", object.to)];
    }
    case "member":
      return [key("user", object.role), key("user", object.member)];
    default:
      return [];
  }
}

/** The external data sources that a view reads. */
export function dataSourcesOf(text: string): readonly ObjectKey[] {
  const names = [...text.matchAll(/\bDATA_SOURCE\s*=\s*'((?:[^']|'')*)'/gi)].map(([, name = ""]) =>
    name.replaceAll("''", "'"),
  );
  return [...new Set(names)].map((name) => keyOf(id("dataSource", name)));
}
