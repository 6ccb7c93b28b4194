import type { BronzePlan, Setting } from "../../../plan/program.ts";
import { textsQuery } from "../../shared/postgres-query.ts";
import { required } from "../settings.ts";
import { expression, plain, text } from "../value.ts";
import type { Connector } from "./connector.ts";
import { postgresRange } from "./postgres-range.ts";

/** The connector's numbers for the modes of libpq. Its modes that fall back to no encryption are not offered. */
const SSL_MODES: Readonly<Record<string, number>> = { disable: 0, require: 3, "verify-ca": 4, "verify-full": 5 };

/** Tables of a PostgreSQL database, as JSON lines of the database's own texts. */
export const postgres: Connector = {
  linkedService: (source, secrets) => ({
    type: "PostgreSqlV2",
    typeProperties: {
      server: text`${required(source, "host")}`,
      port: plain(required(source, "port")),
      database: text`${required(source, "database")}`,
      username: text`${required(source, "user")}`,
      sslMode: sslMode(required(source, "sslmode")),
      authenticationType: "Basic",
      password: secrets(required(source, "password")),
    },
  }),
  dataset: {
    word: "tables",
    description: "The database; the query that a copy brings says which table.",
    type: "PostgreSqlV2Table",
    parameters: [],
    typeProperties: {},
  },
  item: (bronze) => ({ query: query(bronze) }),
  copy: (item) => ({
    source: { type: "PostgreSqlV2Source", query: expression(`@${item}.query`) },
    input: {},
    sink: "lines",
  }),
  range: postgresRange,
};

function sslMode(setting: Setting): number {
  const mode = setting.kind === "text" ? SSL_MODES[setting.value] : undefined;
  if (mode === undefined) throw new Error("the checker accepts no other sslmode");
  return mode;
}

function query({ name, object, columns }: BronzePlan): string {
  if (object.kind !== "table") throw new Error(`bronze.${name} is no table`);
  return textsQuery(
    object.schema,
    object.table,
    columns.flatMap(({ name, fromLoad }) => (fromLoad === undefined ? [name] : [])),
  );
}
