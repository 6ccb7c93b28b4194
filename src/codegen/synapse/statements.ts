/** The idempotent T-SQL for an object: keeps existing objects and updates views. */
import credentialTemplate from "../../../templates/synapse/credential.sql.hbs";
import dataSourceTemplate from "../../../templates/synapse/data-source.sql.hbs";
import databaseTemplate from "../../../templates/synapse/database.sql.hbs";
import principalTemplate from "../../../templates/synapse/principal.sql.hbs";
import { template } from "../shared/template.ts";
import { batchesOf, quoteName, quoteText } from "../shared/tsql.ts";
import type { Securable, ServingObject } from "./objects.ts";

const templates = {
  database: template<{ readonly text: string; readonly create: string }>(databaseTemplate),
  credential: template<{ readonly name: string; readonly text: string; readonly identity: string }>(credentialTemplate),
  dataSource:
    template<Readonly<Record<"name" | "text" | "location" | "drop" | "credential", string>>>(dataSourceTemplate),
  principal: template<{ readonly text: string; readonly create: string }>(principalTemplate),
};

/** Batches to be sent one after the other: those of the database to `master`, all others to the database. */
export function statementsOf(object: ServingObject): readonly string[] {
  switch (object.kind) {
    case "database": {
      const create = `CREATE DATABASE ${quoteName(object.name)} COLLATE ${object.collation};`;
      return [templates.database({ text: quoteText(object.name), create: quoteText(create) })];
    }
    case "credential": {
      const identity = quoteText(object.identity);
      return batchesOf(templates.credential({ ...named(object.name), identity }));
    }
    case "dataSource":
      return batchesOf(
        templates.dataSource({
          ...named(object.name),
          location: quoteText(object.location),
          drop: quoteText(`DROP EXTERNAL DATA SOURCE ${quoteName(object.name)};`),
          credential: quoteName(object.credential),
        }),
      );
    case "schema": {
      const create = quoteText(`CREATE SCHEMA ${quoteName(object.name)};`);
      return [`IF SCHEMA_ID(${quoteText(object.name)}) IS NULL\n    EXEC (${create});\n`];
    }
    case "view":
      return [object.text];
    case "role":
      return [templates.principal({ text: quoteText(object.name), create: `CREATE ROLE ${quoteName(object.name)}` })];
    case "user":
      return [userStatement(object.name)];
    case "grant":
      return [grant(object.permission, object.on, object.to)];
    case "member":
      return [`ALTER ROLE ${quoteName(object.role)} ADD MEMBER ${quoteName(object.member)};\n`];
    default:
      return object satisfies never;
  }
}

/** Creates a user of Entra ID, looked up by its name, or with the SID of its application, `0x…`. */
export function userStatement(name: string, sid?: string): string {
  const how = sid === undefined ? "FROM EXTERNAL PROVIDER" : `WITH SID = ${sid}, TYPE = E`;
  return templates.principal({ text: quoteText(name), create: `CREATE USER ${quoteName(name)} ${how}` });
}

/** In EXEC, because the parsers of some clients do not support this securable. */
function grant(permission: string, on: Securable | undefined, to: string): string {
  const where = on ? ` ON ${on.class}::${quoteName(on.name)}` : "";
  const statement = `GRANT ${permission}${where} TO ${quoteName(to)};`;
  return on?.class === "DATABASE SCOPED CREDENTIAL" ? `EXEC (${quoteText(statement)});\n` : `${statement}\n`;
}

function named(name: string): { readonly name: string; readonly text: string } {
  return { name: quoteName(name), text: quoteText(name) };
}
