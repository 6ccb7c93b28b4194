import { type SettingDraft, settingOf } from "../drafts.ts";
import { get, text } from "../json.ts";
import { assumed, type Notice, notImported } from "../notices.ts";
import type { Problem, Resolved } from "../references.ts";
import { known, textOf, type Value } from "../value.ts";
import type { Connector, TableParts } from "./connector.ts";
import { readQuery } from "./query.ts";

/** Tables of a PostgreSQL database. */
export const postgres: Connector = {
  kind: "postgres",
  reads: [
    ...["server", "host", "port", "database", "username", "password", "connectionString"],
    ...["sslMode", "authenticationType", "trustServerCertificate", "connectionTimeout", "commandTimeout", "pooling"],
  ],
  source: ({ service }, secrets) => {
    const value = partsOf(service);
    const password = secrets(service, "password");
    const port = textOf(value("port"));
    return {
      settings: [
        { name: "host", value: settingOf(value("host")) },
        ...(port !== undefined && /^\d{1,5}$/.test(port)
          ? [{ name: "port", value: { kind: "number", value: Number(port) } as const }]
          : []),
        { name: "database", value: settingOf(value("database")) },
        { name: "user", value: settingOf(value("user")) },
        { name: "password", value: password.value },
        ...sslmodeOf(service),
      ],
      notices: [...password.notices, ...noticesOf(service)],
    };
  },
  table: ({ dataset }, { activity, scope }) => {
    const source = get(activity, "typeProperties", "source");
    const query = get(source, "query");
    return query.value === undefined ? tableOf(dataset) : readQuery(query, scope);
  },
};

/** Separate properties in newer versions, parts of a connection string in older ones. */
function partsOf(service: Resolved): (name: "host" | "port" | "database" | "user") => Value {
  const own = { host: ["server", "host"], port: ["port"], database: ["database"], user: ["username"] } as const;
  const inString = {
    host: /^(host|server)$/,
    port: /^port$/,
    database: /^(database|db)$/,
    user: /^(uid|user ?id|user ?name|user)$/,
  };
  const whole = service.value("connectionString");
  const parts = (textOf(whole) ?? "").split(";").map((part) => {
    const at = part.indexOf("=");
    return { name: part.slice(0, at).trim().toLowerCase(), value: part.slice(at + 1).trim() };
  });
  return (name) => {
    const property = own[name].find((each) => get(service.node, "typeProperties", each).value !== undefined);
    if (property !== undefined) return service.value(property);
    const part = parts.find((each) => inString[name].test(each.name));
    if (part) return known(part.value);
    return { kind: "unknown", why: `the ${name} is in a connection string that is a secret` };
  };
}

function noticesOf(service: Resolved): readonly Notice[] {
  const node = get(service.node, "typeProperties", "authenticationType");
  const mode = get(service.node, "typeProperties", "sslMode");
  return [
    ...(node.value === undefined || node.value === "Basic"
      ? []
      : [notImported(node, `it uses ${text(node) ?? "another"} authentication; a program uses user and password`)]),
    ...(mode.value === 1 || mode.value === 2
      ? [
          assumed(
            mode,
            "its connection may be unencrypted; the program verifies the certificate unless a weaker `sslmode` is set",
          ),
        ]
      : []),
  ];
}

/** Verified, the default, unless the factory states a mode that demands less or nothing. */
function sslmodeOf(service: Resolved): readonly SettingDraft[] {
  const parts = get(service.node, "typeProperties");
  const trusts = get(parts, "trustServerCertificate").value === true;
  const stated = ({ 0: "disable", 3: "require", 4: "verify-ca" } as const)[String(get(parts, "sslMode").value)];
  const mode = stated === "disable" ? stated : trusts ? "require" : stated;
  return mode === undefined ? [] : [{ name: "sslmode", value: { kind: "text", value: mode } }];
}

function tableOf(dataset: Resolved): TableParts | Problem {
  const inner = get(dataset.node, "typeProperties");
  const given = (name: string): string | undefined =>
    get(inner, name).value === undefined ? undefined : textOf(dataset.value(name));
  const whole = given("tableName");
  const parts = whole === undefined ? [given("schema") ?? "public", given("table")] : wordsOf(whole);
  return tableNamed(parts) ?? "the schema and name of its table are not known";
}

/** `public.orders`, `"public"."orders"`, `[public].[orders]` */
function wordsOf(name: string): readonly string[] {
  const words = [...name.matchAll(/"([^"]+)"|\[([^\]]+)\]|([^."[\]]+)/g)].map(
    (each) => each[1] ?? each[2] ?? each[3] ?? "",
  );
  return words.length === 1 ? ["public", ...words] : words;
}

export function tableNamed(parts: readonly (string | undefined)[]): TableParts | undefined {
  const [schema, table, ...more] = parts;
  const isWord = (word: string | undefined): boolean => word !== undefined && word !== "" && !word.includes(".");
  if (!isWord(schema) || !isWord(table) || more.length > 0) return undefined;
  return { object: { kind: "table", text: `${schema}.${table}` }, notices: [] };
}
