import { expect, it } from "vitest";
import * as documented from "../../../src/codegen/adf/connectors/documented.ts";
import { exampleContext, exampleProgram, programOf } from "../support/compile.ts";
import { LOADS } from "./loads.ts";
import { emitted, type GitObject, gitObjects, type Json, objectsIn } from "./support.ts";

type Documented = Readonly<Record<string, { readonly source: string; readonly properties: readonly string[] }>>;

const linkedServices: Documented = documented.linkedServices;
const datasets: Documented = documented.datasets;
const inside: Documented = { ...documented.sources, ...documented.parts };

/** What the documentation of the connectors does not have, of linked services, datasets and the parts of copies. */
function undocumented({ kind, name, properties }: GitObject): readonly string[] {
  const typed = { linkedService: linkedServices, dataset: datasets }[kind];
  const own = typed?.[String(properties.type)];
  const type = `${kind} ${name}: ${properties.type}`;
  return [
    // Data Factory's own properties are judged by its schema; `version` is one that no page of a connector has.
    ...(typed !== undefined && "version" in properties ? [`${type}.version`] : []),
    ...(own === undefined ? [] : unknown(type, Object(properties.typeProperties), own.properties)),
    ...objectsIn(properties.typeProperties ?? properties.activities).flatMap((each) => {
      const entry = inside[String(each.type)];
      return entry === undefined ? [] : unknown(`${name}: ${each.type}`, each, [...entry.properties, "type"]);
    }),
  ];
}

function unknown(what: string, found: Json, known: readonly string[]): readonly string[] {
  return Object.keys(found).flatMap((name) => (known.includes(name) ? [] : [`${what}.${name}`]));
}

const example = [...gitObjects(emitted(exampleProgram(), exampleContext)), ...gitObjects(emitted(programOf(LOADS)))];

it("emits only properties that the reference of a connector documents", () => {
  expect(example.flatMap(undocumented)).toEqual([]);
});

it("emits every documented type, so that the list has no more than the code", () => {
  const types = new Set(example.flatMap(({ properties }) => objectsIn(properties).map(({ type }) => String(type))));
  const listed = [linkedServices, datasets, inside].flatMap((each) => Object.keys(each));
  expect(listed.filter((type) => !types.has(type))).toEqual([]);
});

it("emits every documented property", () => {
  const all = example.flatMap(({ properties }) => objectsIn(properties));
  for (const [type, { properties }] of Object.entries({ ...linkedServices, ...datasets, ...inside })) {
    const found = all.filter((each) => each.type === type);
    const names = new Set(found.flatMap((each) => [...Object.keys(each), ...Object.keys(Object(each.typeProperties))]));
    expect([type, ...properties.filter((name) => !names.has(name))]).toEqual([type]);
  }
});

it.each([
  ["linkedService", "PostgreSqlV2", { typeProperties: { sslMode: 5, host: "h" } }, "host"],
  ["linkedService", "PostgreSqlV2", { version: "2.0", typeProperties: {} }, "version"],
  ["dataset", "Binary", { typeProperties: { location: { type: "HttpServerLocation", path: "a" } } }, "path"],
  ["pipeline", undefined, { activities: [{ typeProperties: { source: { type: "BinarySource", size: 1 } } }] }, "size"],
])("finds an undocumented property of a %s: %s", (kind, type, properties, name) => {
  const found = undocumented({ kind, name: "x", properties: { type, ...properties } });
  expect(found).toEqual([expect.stringMatching(new RegExp(`\\.${name}$`))]);
});

it.each([
  ["", 5],
  ['sslmode: "verify-full"', 5],
  ['sslmode: "verify-ca"', 4],
  ['sslmode: "require"', 3],
  ['sslmode: "disable"', 0],
])("writes %s as sslMode %i", (sslmode, number) => {
  const program = programOf(`project shop {
  lake   = adls { account: "shoplake", container: "lake" }
  ingest = datafactory { name: "shop-df" }
}
secret pw = keyvault("shop-kv", "erp")
source erp = postgres { host: "erp", database: "erp", user: "ingest", password: secret.pw, ${sslmode} }
bronze a from erp.table("public.a") { id: string }`);
  const service = gitObjects(emitted(program)).find(({ name }) => name === "ls_erp");
  expect(service?.properties.typeProperties).toMatchObject({ sslMode: number });
});
