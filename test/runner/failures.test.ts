/** Source failures are reported by their cause, and only retried if that may help. */

import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { SourceOverride } from "../../src/config/environment.ts";
import { isTransient, ruleOf } from "../../src/runner/extract/failures.ts";
import { sourceDiagnostic } from "../../src/runner/extract/source-diagnostic.ts";
import { createProject, messages, type Project } from "./project.ts";

const PROGRAM = `project shop { lake = adls { account: "shop", container: "lake" } }
secret password = keyvault("shop-kv", "password")
secret uri = keyvault("shop-kv", "uri")
source erp = postgres { host: "127.0.0.1", database: "erp", user: "ingest", password: secret.password }
source catalog = mongodb { uri: secret.uri, database: "shop" }
source web = http { base_url: "http://127.0.0.1:1/" }
bronze payments from erp.table("public.payments") { id: int }
bronze names from catalog.collection("names") { id: int }
bronze pages from web.csv("pages.csv") { id: int }
`;

async function projectOf(): Promise<Project> {
  const project = await createProject(PROGRAM);
  onTestFinished(() => project.remove());
  return project;
}

async function failing(
  relation: string,
  sources: Readonly<Record<string, SourceOverride>>,
  uri = "mongodb://127.0.0.1:1/",
) {
  const project = await projectOf();
  const secret = (name: string) => (name === "uri" ? uri : "p4ss");
  const result = await project.run({ select: new Set([relation]), sources, secret, patience: 300 });
  expect(JSON.stringify(result)).not.toContain("p4ss");
  return messages(result).join("\n");
}

const settings = (settings: Readonly<Record<string, string | number>>): SourceOverride => ({
  kind: "settings",
  settings,
});

it.each([
  ["bronze.pages", { web: settings({ base_url: "http://nowhere.invalid/" }) }],
  ["bronze.payments", { erp: settings({ host: "nowhere.invalid" }) }],
  ["bronze.names", {}],
])("source-host-unknown: %s", { timeout: 30_000 }, async (relation, sources) => {
  const reported = await failing(relation, sources, "mongodb://u:p4ss@nowhere.invalid/");
  expect(reported).toMatch(/^source-host-unknown: .*nowhere\.invalid/);
});

it("source-tls-failed: a server that does not speak TLS", async () => {
  const server = createServer((_, response) => void response.end("id\n1\n"));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  expect(await failing("bronze.pages", { web: settings({ base_url: `https://127.0.0.1:${port}/` }) })).toMatch(
    /^source-tls-failed: /,
  );
});

it("lake-access: the lake is the cause, not the source", async () => {
  const server = createServer((_, response) => void response.end("id\n1\n"));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  const project = await projectOf();
  mkdirSync(join(project.lakeFolder, "bronze"), { recursive: true });
  writeFileSync(join(project.lakeFolder, "bronze/pages"), "");
  const sources = { web: settings({ base_url: `http://127.0.0.1:${port}/` }) };
  const result = await project.run({ select: new Set(["bronze.pages"]), sources });
  expect(messages(result)).toEqual([expect.stringMatching(/^lake-access: .*bronze\.pages/)]);
});

/** An error as Node and the drivers create it. */
const coded = (code: string | number, message = "x", name = "Error") =>
  Object.assign(new Error(message), { code, name });

it.each([
  ["host", undefined, coded("ENOTFOUND")],
  ["host", "unanswered", coded("EAI_AGAIN")],
  ["refused", "unanswered", new AggregateError([coded("ECONNREFUSED")])],
  [
    "refused",
    undefined,
    Object.assign(new Error("x", { cause: coded("ECONNREFUSED") }), { name: "MongoServerSelectionError" }),
  ],
  ["timeout", undefined, Object.assign(new Error("Server selection timed out"), { name: "MongoServerSelectionError" })],
  ["interrupted", "answered", coded("ECONNRESET")],
  ["interrupted", "answered", new Error("Connection terminated unexpectedly")],
  ["tls", undefined, coded("CERT_HAS_EXPIRED")],
  ["tls", undefined, coded("ERR_TLS_CERT_ALTNAME_INVALID")],
  ["tls", undefined, coded("DEPTH_ZERO_SELF_SIGNED_CERT")],
  ["tls", undefined, new Error("There was an error establishing an SSL connection")],
  ["login", undefined, coded("28P01")],
  ["login", undefined, coded("28000", 'role "x" does not exist')],
  ["access", undefined, coded("28000", "no pg_hba.conf entry for host")],
  ["access", undefined, coded("42501")],
  ["database", undefined, coded("3D000")],
  ["object", undefined, coded("42P01")],
  ["column", undefined, coded("42703")],
  ["unavailable", "answered", coded("57P03")],
  ["unavailable", "answered", coded("57P01")],
  ["unavailable", "answered", coded("53300")],
  ["query", undefined, coded("22012")],
  ["query", undefined, coded("XX000")],
  ["login", undefined, coded(18, "Authentication failed.", "MongoServerError")],
  ["login", undefined, coded(8000, "bad auth", "MongoServerError")],
  ["access", undefined, coded(13, "not authorized", "MongoServerError")],
  ["unavailable", "answered", coded(11600, "shutting down", "MongoServerError")],
  ["query", undefined, coded(2, "bad value", "MongoServerError")],
  ["address", undefined, Object.assign(new Error("x"), { name: "MongoParseError" })],
  ["unknown", "unanswered", coded("ENETUNREACH")],
  ["unknown", undefined, new Error("something else")],
  ["unknown", undefined, coded("EBUSY")],
])("a failure of the kind %s is tried again: %s (%o)", (kind, retry, error) => {
  expect(ruleOf(error)).toEqual(retry === undefined ? { kind } : { kind, retry });
});

it.each([
  ["source-unreachable", coded("ENETUNREACH", "no network for p4ss"), "no network for ***"],
  ["source-database-missing", coded("3D000", 'database "d" does not exist'), 'database "d" does not exist'],
  ["source-query-failed", coded("22012", "division by zero"), "division by zero"],
])("%s: %o", async (code, error, reported) => {
  const { program } = await projectOf();
  const [bronze] = program.bronze;
  const [plan] = program.sources;
  if (bronze === undefined || plan === undefined) throw new Error("the program has a source");
  const source = {
    kind: "postgres",
    host: "h",
    port: 1,
    database: "d",
    user: "u",
    password: "p4ss",
    sslmode: "verify-full",
  } as const;
  const found = sourceDiagnostic(error, { bronze, plan, source, isReplaced: false, lakeFolder: "/lake" });
  expect(found.code).toBe(code);
  expect(found.message).toMatch(/bronze\.payments.*: /);
  expect(found.message.endsWith(`: ${reported}`)).toBe(true);
});

it("network errors are retried, a wrong password is not", () => {
  expect(["ECONNRESET", "ETIMEDOUT", "UND_ERR_SOCKET", "57P03"].every(isTransient)).toBe(true);
  expect(["28P01", "ENOTFOUND", "ENOENT", undefined].some(isTransient)).toBe(false);
});
