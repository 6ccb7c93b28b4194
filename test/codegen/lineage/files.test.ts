import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, it } from "vitest";
import { lineageTarget } from "../../../src/codegen/lineage/index.ts";
import type { EmitContext } from "../../../src/codegen/target.ts";
import type { Program } from "../../../src/plan/program.ts";
import { expectGolden } from "../../support/golden.ts";
import { contextOf, exampleContext, exampleProgram, programOf } from "../support/compile.ts";
import { jobEvents } from "./openlineage-schema.ts";

interface Named {
  readonly namespace: string;
  readonly name: string;
}

interface Event {
  readonly job: Named;
  readonly inputs: readonly Named[];
  readonly outputs: readonly (Named & { readonly facets: Readonly<Record<string, unknown>> })[];
}

function textOf(path: string, program: Program, context: EmitContext): string {
  return lineageTarget.emit(program, context).find((file) => file.path === path)?.text ?? "";
}

function eventsOf(program: Program, context = contextOf({})): readonly Event[] {
  const events: readonly Event[] = JSON.parse(textOf("lineage/openlineage.json", program, context));
  const ajv = new Ajv2020({
    allErrors: true,
    formats: { uri: (text) => URL.canParse(text), "date-time": /^\S+T\S+Z$/ },
  });
  const isValid = ajv.compile(jobEvents);
  isValid(events);
  expect(isValid.errors ?? []).toEqual([]);
  return events;
}

it("emits the example's lineage", () => {
  for (const file of lineageTarget.emit(exampleProgram(), exampleContext)) {
    expectGolden(`ecommerce/${file.path}`, file.text);
  }
});

it("applies to every program and rejects none", () => {
  const program = programOf('project p { lake = adls { account: "acc", container: "lake" } }');
  expect(lineageTarget.applies(program)).toBe(true);
  expect(lineageTarget.check(program, contextOf({}))).toEqual([]);
  expect(eventsOf(program)).toEqual([]);
});

it("emits one valid event per relation, whose inputs are the outputs of others or source objects", () => {
  const program = exampleProgram();
  const events = eventsOf(program, exampleContext);
  expect(events.map(({ job }) => job.name)).toEqual([
    ...program.bronze.map(({ name }) => `bronze.${name}`),
    ...program.tables.map(({ layer, name }) => `${layer}.${name}`),
  ]);
  const made = new Set(events.flatMap(({ outputs }) => outputs.map(({ namespace, name }) => `${namespace} ${name}`)));
  for (const { job, inputs } of events) {
    for (const { namespace, name } of inputs) {
      expect(made.has(`${namespace} ${name}`), `${job.name} reads ${name}`).toBe(!job.name.startsWith("bronze."));
    }
  }
});

it("names datasets like other tools", () => {
  const program = programOf(`
    project p { lake = adls { account: param.account, container: "lake" } }
    param account: string
    secret s = keyvault("kv", "s")
    source web   = http     { base_url: "https://example.com/data/" }
    source erp   = postgres { host: "h.example.com", port: 6543, database: "d", user: "u", password: secret.s }
    source docs  = mongodb  { uri: secret.s, database: "shop" }
    source lists = file     { path: "lists" }
    bronze a from web.csv("in/a.csv")         { x: int }
    bronze b from erp.table("public.b")       { x: int }
    bronze c from docs.collection("c")        { x: int }
    bronze d from lists.json("d.jsonl")       { x: int }
    silver t { from bronze.a }
  `);
  const namesOf = (context: EmitContext): readonly string[] =>
    eventsOf(program, context).flatMap(({ inputs, outputs }) =>
      [...inputs, ...outputs].map(({ namespace, name }) => `${namespace} ${name}`),
    );
  const lake = "abfss://lake@acc.dfs.core.windows.net";
  expect(namesOf(contextOf({ account: "acc" }))).toEqual([
    "https://example.com data/in/a.csv",
    `${lake} bronze/a`,
    "postgres://h.example.com:6543 d.public.b",
    `${lake} bronze/b`,
    "mongodb://{secret.s} shop.c",
    `${lake} bronze/c`,
    `${lake} lists/d.jsonl`,
    `${lake} bronze/d`,
    `${lake} bronze/a`,
    `${lake} silver/t`,
  ]);
  expect(namesOf(contextOf({}))).toContain("abfss://lake@{param.account}.dfs.core.windows.net silver/t");
});

it("carries documentation and tags", () => {
  const [bronze] = eventsOf(
    programOf(`
      project p { lake = adls { account: "acc", container: "lake" } }
      source web = http { base_url: "https://example.com/" }
      /// People.
      bronze a from web.csv("a.csv") {
        /// Where they live.
        city: string? @pii
        paid: decimal(10,2) @unit("BRL")
      }
    `),
  );
  expect(bronze?.outputs[0]?.facets).toMatchObject({
    documentation: { description: "People." },
    schema: {
      fields: [
        { name: "city", type: "string?", description: "Where they live." },
        { name: "paid", type: "decimal(10,2)" },
      ],
    },
    tags: {
      tags: [
        { key: "pii", value: "true", field: "city" },
        { key: "unit", value: "BRL", field: "paid" },
      ],
    },
  });
});

it("lists several kinds of one input in one entry", () => {
  const events = eventsOf(
    programOf(`
      project p { lake = adls { account: "acc", container: "lake" } }
      source web = http { base_url: "https://example.com/" }
      bronze a from web.csv("a.csv") { x: int, y: int }
      silver t {
        from bronze.a
        expect "e": y > 0 else quarantine
        expect "w": x > 0 else warn
        select { z = match { x > 1 => x else => 0 } }
      }
    `),
  );
  const a = { namespace: "abfss://lake@acc.dfs.core.windows.net", name: "bronze/a" };
  expect(events.at(-1)?.outputs[0]?.facets.columnLineage).toMatchObject({
    fields: {
      z: {
        inputFields: [
          {
            ...a,
            field: "x",
            transformations: [
              { type: "DIRECT", subtype: "TRANSFORMATION", masking: false },
              { type: "INDIRECT", subtype: "CONDITIONAL" },
            ],
          },
        ],
      },
    },
    dataset: [{ ...a, field: "y", transformations: [{ type: "INDIRECT", subtype: "FILTER" }] }],
  });
});

it("is masked only if no other path reveals the value", () => {
  const events = eventsOf(
    programOf(`
      project p { lake = adls { account: "acc", container: "lake" } }
      source web = http { base_url: "https://example.com/" }
      bronze a from web.csv("a.csv") { x: int }
      silver t { from bronze.a  group by x { n = count(x), m = count(x) + max(x) } }
    `),
  );
  const way = (masking: boolean): object => ({ transformations: [{ subtype: "AGGREGATION", masking }] });
  expect(events.at(-1)?.outputs[0]?.facets.columnLineage).toMatchObject({
    fields: { n: { inputFields: [way(true)] }, m: { inputFields: [way(false)] } },
  });
});

it("works with names that are special in JavaScript", () => {
  const program = programOf(`
    project p { lake = adls { account: "acc", container: "lake" } }
    source web = http { base_url: "https://example.com/" }
    bronze a from web.csv("a.csv") { \`__proto__\`: int, constructor: int, \`1\`: int }
    gold t { from bronze.a }
  `);
  const facet = eventsOf(program).at(-1)?.outputs[0]?.facets.columnLineage;
  expect(JSON.stringify(facet)).toContain('"__proto__":{"inputFields":[{');
  const lineage = JSON.parse(textOf("lineage/lineage.json", program, contextOf({})));
  expect(lineage.flows.map((flow: { to: { column: string } }) => flow.to.column)).toEqual([
    "__proto__",
    "constructor",
    "1",
  ]);
});

it("is deterministic", () => {
  const emit = (): unknown => lineageTarget.emit(exampleProgram(), exampleContext);
  expect(emit()).toEqual(emit());
});
