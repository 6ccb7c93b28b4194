import { expect, it } from "vitest";
import { readConfig } from "../../src/config/read.ts";
import { markedPlaces } from "../support/marked-source.ts";

/** Reads a medal.json in which `«…»` marks the expected locations of diagnostics, in order. */
function read(marked: string) {
  const { text, places } = markedPlaces(marked);
  const { config, diagnostics } = readConfig({ path: "shop/medal.json", text }, "shop");
  const reported = [...diagnostics].sort((a, b) => a.span.start - b.span.start);
  expect(reported.map((each) => text.slice(each.span.start, each.span.end))).toEqual(places);
  const messages = reported.map((each) => `${each.code}: ${each.message}`);
  return { config, messages, hints: reported.map((each) => each.hint) };
}

it("reads environments in the order of the file", () => {
  const { config } = read('{"environments": {"prod": {"lake": "x"}, "dev": {}}}');
  expect([...config.environments.keys()]).toEqual(["prod", "dev"]);
});

it("an empty object is a configuration without environments", () => {
  expect(read("{}").config.environments.size).toBe(0);
});

it("finds the location of a value", () => {
  const { text, ranges } = markedPlaces('{"environments": {"dev": {"params": {"a": «"x"»}}}}');
  const { config } = readConfig({ path: "medal.json", text }, ".");
  expect(config.spanOf(["environments", "dev", "params", "a"])).toMatchObject(ranges[0] ?? {});
});

it("config-syntax: points at the first invalid position", () => {
  expect(read('{"environments": «!»}').messages).toEqual([
    "config-syntax: medal.json is not valid JSON: invalid symbol",
  ]);
  expect(read('{"environments": {}«»').messages).toEqual([
    "config-syntax: medal.json is not valid JSON: close brace expected",
  ]);
  expect(read("«»").messages).toEqual(["config-syntax: medal.json is not valid JSON: value expected"]);
});

it("config-syntax: comments and trailing commas are not JSON", () => {
  expect(read('{"environments": {}, «}»').messages[0]).toMatch(/^config-syntax/);
  expect(read('«// note»\n{"environments": {}}').messages[0]).toMatch(/^config-syntax/);
});

it("config-invalid: names the location and what the value must be", () => {
  expect(read('{"environments": {"dev": {"lake": «3», "params": {"a": «[]»}}}}').messages).toEqual([
    "config-invalid: environments.dev.lake must be string",
    "config-invalid: environments.dev.params.a must be string,number,boolean",
  ]);
});

it("config-invalid: the name of an environment is checked", () => {
  expect(read('{"environments": {«"My Env"»: {}}}').messages).toEqual([
    'config-invalid: environments has the name My Env, which must match pattern "^[a-z][a-z0-9_-]{0,29}$"',
  ]);
});

it("config-invalid: a folder excludes other properties", () => {
  expect(read('{"environments": {"dev": {"sources": {"erp": «{"folder": "x", "host": "y"}»}}}}').messages).toEqual([
    "config-invalid: environments.dev.sources.erp must NOT have more than 1 properties",
  ]);
});

it("config-unknown-property: suggests the nearest, otherwise lists the known ones", () => {
  const { messages, hints } = read('{"environments": {"dev": {«"param"»: {}, «"colour"»: 1}}}');
  expect(messages).toEqual([
    "config-unknown-property: environments.dev has no property param",
    "config-unknown-property: environments.dev has no property colour",
  ]);
  expect(hints).toEqual(["Did you mean `params`?", "Allowed: params, sources, lake, spark, azure."]);
});

it("config-secret: no password, no token, no credentials in a URL", () => {
  const { messages, config } = read(`{"environments": {"dev": {
    "params": {"api_key": «"x"», "lake_name": "AccountKeyLake", "erp_pwd": «"x"», "storage_key": «"x"», "secret_scope": "kv"},
    "sources": {
      "erp": {"host": "db", "password": «"x"»},
      "catalog": {"uri": «"mongodb+srv://me:pw@host/db"»},
      "plain": {"uri": "mongodb://host:27017/db"},
      "blob": {"base_url": «"https://a.blob.core.windows.net/c?sv=1&sig=abc"»},
      "hub": {"address": «"Endpoint=sb://x/;SharedAccessKey=abc"»}
    },
    "spark": {"conf": {"spark.hadoop.fs.azure.account.key.lake.dfs.core.windows.net": «"x"»}}
  }}}`);
  expect(messages[0]).toBe(
    "config-secret: environments.dev.params.api_key looks like a secret, and medal.json is committed with the program",
  );
  expect(config.environments.size).toBe(0);
});
