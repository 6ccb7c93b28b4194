/** What nobody is to read: tokens, and what somebody wrote into a service by hand. It stands in nothing that is left. */
import { readFileSync } from "node:fs";
import { rootCertificates, setDefaultCACertificates } from "node:tls";
import { ContainerClient } from "@azure/storage-blob";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { STATE } from "../../fakes/cloud.ts";
import type { Fault } from "../../fakes/http.ts";
import { medalc } from "../../support/io.ts";
import { startCommand } from "./command.ts";
import { shop } from "./support.ts";

const command = await startCommand();
const { cloud, folder, env, write } = command;

beforeAll(() => {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  setDefaultCACertificates([...rootCertificates, cloud.storage.certificate]);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  setDefaultCACertificates([...rootCertificates]);
  await command[Symbol.asyncDispose]();
});

const PASSWORD = "hunter2-by-hand";
const KEY = "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4AA==";

/** By hand, where people do it. */
function writeSecrets(): void {
  const snapshot = Object(cloud.factories.snapshot("shop-df"));
  const at = (name: string) => structuredClone(Object(snapshot[name]).properties);
  const pipeline = at("pipelines/pl_shop");
  pipeline.parameters = { ...pipeline.parameters, api_password: { type: "String", defaultValue: PASSWORD } };
  expect(cloud.factories.put("shop-df", "pipelines", "pl_shop", pipeline).status).toBe(200);
  const files = at("linkedservices/ls_files");
  files.typeProperties = {
    ...files.typeProperties,
    authenticationType: "Basic",
    userName: "ada",
    password: { type: "SecureString", value: PASSWORD },
  };
  expect(cloud.factories.put("shop-df", "linkedservices", "ls_files", files).status).toBe(200);
  const path = "/medalc/shop/prod/files/notebooks/gold/cities";
  const text = `${cloud.workspace.at(path)}\nspark.conf.set("fs.azure.account.key", "${KEY}")\naccount_key = "${KEY}"\npassword = "${PASSWORD}"\n`;
  cloud.workspace.put(path, { language: "PYTHON", text });
}

/** A service that says again what it was sent. */
function echoing(): Fault {
  const said = `not with Authorization: Bearer ${cloud.entra.tokens().at(-1)} and password=${PASSWORD};AccountKey=${KEY}`;
  const error = { code: "BadRequest", message: said };
  return { kind: "answer", answer: { status: 400, body: { error, error_code: "BAD", message: said, number: 50000 } } };
}

it("prints and stores no token and no secret", async () => {
  const said: string[] = [];
  const run = async (line: string): Promise<number> => {
    const { code, out, err } = await medalc(line, { folder });
    said.push(out, err);
    return code;
  };
  expect(await run("deploy --yes"), said.join("\n")).toBe(0);
  writeSecrets();
  expect(await run("plan"), said.join("\n")).toBe(0);
  expect(said.join("\n")).toContain("(not shown)");
  expect(await run("plan --json")).toBe(0);
  expect(await run("plan --out plan.json")).toBe(0);
  said.push(readFileSync(`${folder}/plan.json`, "utf8"));

  for (const pattern of [/^PUT .*pipelines/, /workspace\/import/, /^shop: CREATE|VIEW/]) {
    cloud.faults.restart();
    cloud.faults.on(pattern, echoing);
    write(shop({ gold: `total = sum(price), orders${said.length} = count()` }));
    expect(await run("deploy --yes --json"), said.join("\n")).toBe(4);
    cloud.faults.restart();
  }
  expect(await run("plan")).toBe(0);
  cloud.faults.on(/./, echoing);
  expect(await run("doctor")).toBe(1);
  cloud.faults.restart();
  expect(await run("deploy --rollback --yes"), said.join("\n")).toBe(0);

  const container = new ContainerClient(`${cloud.storage.url}/${STATE}`, cloud.entra.credential);
  const kept: string[] = [];
  for await (const { name } of container.listBlobsFlat()) {
    kept.push(name);
    said.push((await container.getBlobClient(name).downloadToBuffer()).toString("utf8"));
  }
  expect(kept.filter((name) => /journals|bundles/.test(name)).length).toBeGreaterThan(6);
  const all = said.join("\n");
  // Long as it all is, what is told of a failure is the place.
  const around = (secret: string): readonly string[] =>
    all
      .split(secret)
      .slice(0, -1)
      .map((before) => before.slice(-100));
  for (const secret of [PASSWORD, KEY]) expect(around(secret)).toEqual([]);
  expect(cloud.entra.tokens().length).toBeGreaterThan(3);
  for (const token of cloud.entra.tokens()) {
    for (const part of token.split(".").filter((each) => each.length > 40)) expect(around(part)).toEqual([]);
  }
});
