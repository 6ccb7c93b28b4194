import { createServer } from "node:http";
import { createServer as createSocketServer, type Server } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import type { RunEvent } from "../../src/runner/run-result.ts";
import { createProject, messages, type Project, states } from "./project.ts";

async function projectOf(text: string): Promise<Project> {
  const project = await createProject(text);
  onTestFinished(() => project.remove());
  return project;
}

const SECRETS = `project shop { lake = adls { account: "shop", container: "lake" } }
param host: string
secret password = keyvault("shop-kv", "password")
secret uri = keyvault("shop-kv", "uri")
source erp = postgres { host: param.host, database: "erp", user: "ingest", password: secret.password }
source catalog = mongodb { uri: secret.uri, database: "shop" }
source web = http { base_url: "http://127.0.0.1:1/data/" }
bronze payments from erp.table("public.payments") { id: int }
bronze names from catalog.collection("names") { id: int }
bronze pages from web.csv("pages.csv") { id: int }
silver payments { from bronze.payments }
`;

it("secret-missing, source-setting-missing: reported before any connection", async () => {
  const project = await projectOf(SECRETS);
  const bare = await project.run({ select: new Set(["bronze.payments", "bronze.names"]) });
  expect(messages(bare)).toEqual([
    "source-setting-missing: the source erp needs the param host, which has no value",
    "secret-missing: the source catalog needs the secret uri, but the environment variable MEDAL_SECRET_URI is not set",
  ]);
});

/** Starts a server on this machine and returns its port. */
async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}

/** A port without a listener. */
async function closedPort(): Promise<number> {
  const server = createSocketServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const PASSWORD = "p4ss/w@rd:+%";
const ENCODED = encodeURIComponent(PASSWORD);

it("messages about unreachable or impossible servers contain no secret", {
  timeout: 60_000,
}, async () => {
  const port = await closedPort();
  const uri = `mongodb://ingest:${ENCODED}@127.0.0.1:${port}0000/`;
  const project = await projectOf(SECRETS);
  const events: RunEvent[] = [];
  const result = await project.run({
    params: { host: "127.0.0.1" },
    sources: {
      erp: { kind: "settings", settings: { port } },
      catalog: { kind: "settings", settings: { uri } },
      web: { kind: "settings", settings: { base_url: `http://ingest:${ENCODED}@127.0.0.1:${port}/` } },
    },
    secret: (name) => (name === "password" ? PASSWORD : uri),
    onEvent: (event) => events.push(event),
  });
  expect(states(result)).toBe(
    "bronze.payments failed, bronze.names failed, bronze.pages failed, silver.payments skipped",
  );
  expect(result.diagnostics.map(({ code }) => code)).toEqual([
    "source-connection-refused",
    "source-address-invalid",
    "source-address-invalid",
  ]);
  expectNoSecret({ result, events });
});

it("a server that repeats the credentials in its error does not reveal the secret", {
  timeout: 60_000,
}, async () => {
  const server = createSocketServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => {
      const fields = `SFATAL\0C28P01\0Mpassword "${PASSWORD}" or ${ENCODED} is wrong for ingest\0\0`;
      const message = Buffer.alloc(5 + fields.length);
      message.write("E");
      message.writeInt32BE(4 + fields.length, 1);
      message.write(fields, 5);
      socket.end(message);
    });
  });
  onTestFinished(() => void server.close());
  const port = await listen(server);
  const project = await projectOf(SECRETS);
  const events: RunEvent[] = [];
  const result = await project.run({
    params: { host: "127.0.0.1" },
    sources: { erp: { kind: "settings", settings: { port } } },
    secret: () => PASSWORD,
    select: new Set(["bronze.payments"]),
    onEvent: (event) => events.push(event),
  });
  expect(messages(result)).toEqual([
    expect.stringMatching(/^source-login-failed: .*bronze\.payments: .*\*\*\*.* is wrong for ingest$/),
  ]);
  expectNoSecret({ result, events });
});

it("a URL with a password is not shown either", { timeout: 60_000 }, async () => {
  const server = createServer((_, response) => response.writeHead(500).end());
  onTestFinished(() => void server.close());
  const port = await listen(server);
  const project = await projectOf(SECRETS);
  const events: RunEvent[] = [];
  const result = await project.run({
    sources: { web: { kind: "settings", settings: { base_url: `http://ingest:${ENCODED}@127.0.0.1:${port}/` } } },
    select: new Set(["bronze.pages"]),
    onEvent: (event) => events.push(event),
  });
  expect(states(result)).toBe("bronze.pages failed");
  expectNoSecret({ result, events });
});

it.each([
  "mongodb://ingest:p4ss/w@rd@127.0.0.1:1/",
  "mongodb://ingest:p4ss?w@rd@127.0.0.1:1/",
  "mongodb://ingest:p4ss#w@rd@127.0.0.1:1/",
  "mongodb://ingest:p4ss:w@rd@127.0.0.1:1/",
  "mongodb://ingest:p4ss[w]rd@127.0.0.1:1/",
  "mongodb://ingest:p4ss%w@127.0.0.1:1/",
  "mongodb://ingest:p4ss w@127.0.0.1:1/",
  "mongodb://ingest:x@p4ss,w,rd@127.0.0.1:1/",
  "mongodb+srv://ingest:p4ss@w@rd.example/",
  "mongo://ingest:p4ss@127.0.0.1/",
  "mongodb://ingest:p4ss@",
  "p4ss",
])("source-address-invalid: a connection string that is not valid is named and not quoted: %s", async (uri) => {
  const project = await projectOf(SECRETS);
  const result = await project.run({ secret: () => uri, select: new Set(["bronze.names"]), patience: 100 });
  expect(messages(result)).toEqual([
    expect.stringMatching(
      /^source-address-invalid: the address of the source catalog cannot be used for bronze\.names: the connection string /,
    ),
  ]);
  expect(result.diagnostics[0]?.hint).toBe("Fix the value of MEDAL_SECRET_URI.");
  expect(JSON.stringify(result)).not.toMatch(/p4ss|w@/);
});

it.each([
  ["htp://shop.example/", "base_url has the scheme htp, and only http and https can be read"],
  ["shop.example/data", "base_url is not a valid URL"],
  ["http://", "base_url is not a valid URL"],
  ["http://127.0.0.1:99999/", "base_url is not a valid URL"],
  ["http://ingest:p4ss@127.0.0.1/", "base_url contains a user name or a password, and none is sent over HTTP"],
  ["http://127.0.0.1/a#b/", "base_url contains a #, and what follows it is never sent to a server"],
])("source-address-invalid: %s", async (base_url, reported) => {
  const project = await projectOf(SECRETS);
  const sources = { web: { kind: "settings", settings: { base_url } } } as const;
  const result = await project.run({ sources, select: new Set(["bronze.pages"]) });
  expect(messages(result)).toEqual([
    `source-address-invalid: the address of the source web cannot be used for bronze.pages: ${reported}`,
  ]);
});

it("a signature in a URL is used and not shown", async () => {
  const asked: (string | undefined)[] = [];
  const server = createServer(({ url }, response) => {
    asked.push(url);
    response.writeHead(403, "No for ?sig=p4ss%2Fw and p4ss/w").end();
  });
  onTestFinished(() => void server.close());
  const port = await listen(server);
  const project = await projectOf(SECRETS);
  const result = await project.run({
    sources: { web: { kind: "settings", settings: { base_url: `http://127.0.0.1:${port}/c?sv=1&sig=p4ss%2Fw` } } },
    select: new Set(["bronze.pages"]),
  });
  expect(asked).toEqual(["/c/pages.csv?sv=1&sig=p4ss%2Fw"]);
  expect(messages(result)).toEqual([
    expect.stringMatching(/^source-access-denied: .*403 No for \?sig=\*\*\* and \*\*\*$/),
  ]);
});

function expectNoSecret(told: unknown): void {
  const text = JSON.stringify(told);
  for (const secret of [PASSWORD, ENCODED, "p4ss"]) expect(text).not.toContain(secret);
}
