import type { BronzePlan } from "../../../plan/program.ts";
import { textsQuery } from "../../shared/postgres-query.ts";
import { required } from "../settings.ts";
import { expression, plain, text } from "../value.ts";
import type { Connector } from "./connector.ts";

/** TLS is demanded: Data Factory reaches the server over a network that is not its own. */
const REQUIRE_TLS = 3;

/** Tables of a PostgreSQL database, as JSON lines of the database's own texts. */
export const postgres: Connector = {
  linkedService: (source, secrets) => ({
    type: "PostgreSqlV2",
    version: "2.0",
    typeProperties: {
      server: text`${required(source, "host")}`,
      port: plain(required(source, "port")),
      database: text`${required(source, "database")}`,
      username: text`${required(source, "user")}`,
      sslMode: REQUIRE_TLS,
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
  copy: {
    source: { type: "PostgreSqlV2Source", query: expression("@item().query") },
    input: {},
    sink: "lines",
  },
};

function query({ name, object, columns }: BronzePlan): string {
  if (object.kind !== "table") throw new Error(`bronze.${name} is no table`);
  return textsQuery(
    object.schema,
    object.table,
    columns.map((column) => column.name),
  );
}
