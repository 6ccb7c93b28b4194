import { expect, it } from "vitest";
import {
  deployableEnvironments,
  missingParams,
  type ParamArgument,
  resolveEnvironment,
  unknownEnvironment,
} from "../../src/config/environment.ts";
import { folderOf, joinPath } from "../../src/config/paths.ts";
import { readConfig } from "../../src/config/read.ts";
import type { Program } from "../../src/plan/program.ts";
import { BOOL, decimal, INT, STRING } from "../../src/types.ts";

const span = { file: "shop/shop.medal", start: 0, end: 1 };

const program: Program = {
  name: "shop",
  span,
  lake: { kind: "adls", settings: {}, span },
  params: [
    { name: "host", type: STRING, span },
    { name: "factory", type: STRING, value: "shop-df", span },
    { name: "workers", type: INT, value: 2, span },
    { name: "share", type: decimal(3, 2), value: 0.5, span },
    { name: "is_big", type: BOOL, value: false, span },
  ],
  secrets: [],
  sources: [
    {
      name: "erp",
      kind: "postgres",
      settings: { host: { kind: "param", name: "host" }, port: { kind: "number", value: 5432 } },
      span,
    },
    { name: "github", kind: "http", settings: { base_url: { kind: "text", value: "https://x/" } }, span },
  ],
  bronze: [],
  tables: [],
};

function resolve(environments: object, name: string, paramArguments: readonly ParamArgument[] = []) {
  const file = { path: "shop/medal.json", text: JSON.stringify({ environments }) };
  const { config, diagnostics: configDiagnostics } = readConfig(file, "shop");
  expect(configDiagnostics).toEqual([]);
  const { environment, diagnostics } = resolveEnvironment(config, program, name, paramArguments);
  return {
    config,
    environment,
    diagnostics: diagnostics.map((each) => {
      const place = each.span.file === "" ? "command line" : file.text.slice(each.span.start, each.span.end);
      return `${place}: ${each.code}: ${each.message}${each.hint === undefined ? "" : `; ${each.hint}`}`;
    }),
  };
}

it("a param's value comes from the command line, otherwise medal.json, otherwise the program", () => {
  const { environment, diagnostics } = resolve({ dev: { params: { host: "db", workers: 3 } } }, "dev", [
    { name: "workers", value: "4" },
    { name: "is_big", value: "true" },
  ]);
  expect(diagnostics).toEqual([]);
  expect(environment.params).toEqual({ host: "db", factory: "shop-df", workers: 4, share: 0.5, is_big: true });
});

it("local always exists and is never deployed to", () => {
  const { config, environment } = resolve({ dev: {}, local: {}, prod: {} }, "local");
  expect(environment).toMatchObject({ name: "local", sources: {}, lake: "shop/.medal/lake" });
  expect(deployableEnvironments(config)).toEqual(["dev", "prod"]);
  expect(unknownEnvironment(resolve({}, "local").config, "local")).toBeUndefined();
});

it("every environment has its own lake, unless medal.json sets one", () => {
  const lakeOf = (name: string) => resolve({ local: {}, dev: {}, prod: { lake: "lakes/prod" } }, name).environment.lake;
  expect(["local", "dev", "prod"].map(lakeOf)).toEqual(["shop/.medal/lake", "shop/.medal/lake-dev", "shop/lakes/prod"]);
});

it("folders are relative to medal.json", () => {
  const { environment } = resolve(
    { local: { lake: "../lake", sources: { erp: { folder: "data/erp" }, github: { folder: "/data/github" } } } },
    "local",
  );
  expect(environment.lake).toBe("lake");
  expect(environment.sources).toEqual({
    erp: { kind: "folder", folder: "shop/data/erp" },
    github: { kind: "folder", folder: "/data/github" },
  });
});

it("properties of a source override those of the program", () => {
  const { environment, diagnostics } = resolve({ it: { sources: { erp: { host: "localhost", port: 6000 } } } }, "it");
  expect(diagnostics).toEqual([]);
  expect(environment.sources.erp).toEqual({ kind: "settings", settings: { host: "localhost", port: 6000 } });
});

it("unknown-environment: suggests the nearest, otherwise lists the known ones", () => {
  const { config } = resolve({ staging: {}, prod: {} }, "prod");
  expect(unknownEnvironment(config, "prod")).toBeUndefined();
  expect(unknownEnvironment(config, "prdo")).toMatchObject({
    code: "unknown-environment",
    hint: "Did you mean `prod`?",
  });
  expect(unknownEnvironment(config, "x")).toMatchObject({ hint: "Available: local, staging, prod." });
});

it("config-unknown-param: in medal.json and on the command line", () => {
  expect(resolve({ dev: { params: { hosts: "db" } } }, "dev", [{ name: "x", value: "1" }]).diagnostics).toEqual([
    '"hosts": config-unknown-param: the program has no param hosts; Did you mean `host`?',
    "command line: config-unknown-param: the program has no param x; Available params: host, factory, workers, share, is_big.",
  ]);
});

it("config-param-type: a value has to match the param's type", () => {
  const wrong = { host: 1, workers: 1.5, share: "x", is_big: "yes" };
  expect(resolve({ dev: { params: wrong } }, "dev", [{ name: "workers", value: "many" }]).diagnostics).toEqual([
    "1: config-param-type: the param host has type string, but the value is 1",
    "1.5: config-param-type: the param workers has type int, but the value is 1.5",
    '"x": config-param-type: the param share has type decimal(3,2), but the value is "x"',
    '"yes": config-param-type: the param is_big has type bool, but the value is "yes"',
    'command line: config-param-type: the param workers has type int, but the value is "many"',
  ]);
});

it("config-unknown-source: suggests the nearest", () => {
  expect(resolve({ dev: { sources: { erpp: { host: "x" } } } }, "dev").diagnostics).toEqual([
    '"erpp": config-unknown-source: the program has no source erpp; Did you mean `erp`?',
  ]);
});

it("config-unknown-setting: a source has only the properties of its kind", () => {
  expect(resolve({ dev: { sources: { erp: { hots: "x" }, github: { port: 1 } } } }, "dev").diagnostics).toEqual([
    '"hots": config-unknown-setting: the source erp is postgres and has no property hots; Did you mean `host`?',
    '"port": config-unknown-setting: the source github is http and has no property port; Available settings: base_url, folder.',
  ]);
});

it("config-missing-param: every param needs a value where it is used", () => {
  const { environment } = resolve({ dev: {} }, "dev");
  expect(missingParams(program, environment)).toMatchObject([
    { code: "config-missing-param", message: "the param host has no value in the environment dev", span },
  ]);
});

it("joins paths without a file system", () => {
  expect(joinPath("a/b", "../c/./d")).toBe("a/c/d");
  expect(joinPath(".", "x")).toBe("x");
  expect(joinPath("a", "../../x")).toBe("../x");
  expect(joinPath("a", "/x/y")).toBe("/x/y");
  expect(joinPath("/a", "..")).toBe("/");
  expect(joinPath("a", "..")).toBe(".");
  expect(folderOf("a/b/c")).toBe("a/b");
  expect(folderOf("c")).toBe(".");
  expect(folderOf("/c")).toBe("/");
});

it("Spark's settings come from medal.json; a path of Python is relative to its folder, a command is not", () => {
  const conf = { "spark.executor.cores": 3 };
  const environments = {
    local: { spark: { python: ".venv/bin/python", conf } },
    cluster: { spark: { master: "yarn", python: "python3.12" } },
  };
  expect(resolve(environments, "local").environment.spark).toEqual({ python: "shop/.venv/bin/python", conf });
  expect(resolve(environments, "cluster").environment.spark).toEqual({ master: "yarn", python: "python3.12" });
  expect(resolve({}, "local").environment.spark).toEqual({});
});
