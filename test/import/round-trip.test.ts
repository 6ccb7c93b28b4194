import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { emitAll } from "../../src/codegen/emit.ts";
import { readConfig } from "../../src/config/read.ts";
import { importAdf } from "../../src/import/adf/index.ts";
import type { BronzePlan, Program, Setting, SourcePlan } from "../../src/plan/program.ts";
import { planOf } from "../support/compile.ts";
import { root } from "../support/paths.ts";

const original = planOf(readFileSync(`${root}/examples/ecommerce.medal`, "utf8"));
const params = prodParams();

function prodParams(): Readonly<Record<string, string | number | boolean>> {
  const text = readFileSync(`${root}/examples/medal.json`, "utf8");
  const { config } = readConfig({ path: "medal.json", text }, "");
  const given = config.environments.get("prod")?.params ?? {};
  const defaults = original.params.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value] as const]));
  return { ...Object.fromEntries(defaults), ...given };
}

function imported(): Program {
  const environment = { name: "prod", params };
  const { files } = emitAll(original, { environment, environments: [environment] });
  const adf = files.filter((each) => each.path.startsWith("adf/") && !each.path.startsWith("adf/arm/"));
  return planOf(importAdf(new Map(adf.map(({ path, text }) => [path.slice("adf/".length), text])), "olist").text);
}

/** The value of a setting in the environment, and the location of a secret. */
function meaning(setting: Setting | undefined, program: Program): unknown {
  if (setting?.kind === "param") {
    return params[setting.name] ?? program.params.find(({ name }) => name === setting.name)?.value;
  }
  if (setting?.kind !== "secret") return setting && "value" in setting ? setting.value : setting;
  const secret = program.secrets.find(({ name }) => name === setting.name);
  return { vault: meaning(secret?.vault, program), key: meaning(secret?.key, program) };
}

function sourceMeaning({ kind, doc, settings }: SourcePlan, program: Program): unknown {
  const values = Object.entries(settings).map(([name, setting]) => [name, meaning(setting, program)]);
  return { kind, doc, ...Object.fromEntries(values) };
}

function bronzeMeaning({ name, source, object, load }: BronzePlan, program: Program): unknown {
  const from = program.sources.find((each) => each.name === source);
  return { name, object, load, source: from && sourceMeaning(from, program) };
}

it("the output for Data Factory imports as sources and bronze tables of the same meaning", () => {
  const program = imported();
  const sources = (of: Program) => of.sources.map((each) => sourceMeaning(each, of));
  expect(sources(program)).toEqual(sources(original));
  const bronze = (of: Program) => new Map(of.bronze.map((each) => [each.name, bronzeMeaning(each, of)]));
  expect(bronze(program)).toEqual(bronze(original));
  // Copies of files and documents name no columns; the query of a table names each, cast to text.
  const columns = (of: Program) => of.bronze.find(({ name }) => name === "payments")?.columns.map(({ name }) => name);
  expect(columns(program)).toEqual(columns(original));
});

it("the schedule, the lake and the factory's name are preserved too", () => {
  const program = imported();
  const without = (value: Program["schedule"]) => ({ ...value, span: undefined });
  expect(without(program.schedule)).toEqual(without(original.schedule));
  expect(meaning(program.lake.settings.account, program)).toBe(meaning(original.lake.settings.account, original));
  expect(meaning(program.lake.settings.container, program)).toBe("olistdata");
  expect(meaning(program.ingest?.settings.name, program)).toBe(meaning(original.ingest?.settings.name, original));
});
