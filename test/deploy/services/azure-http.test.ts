import { createServer } from "node:http";
import { expect, it, vi } from "vitest";
import { type AzureHttp, type AzureHttpOptions, createAzureHttp } from "../../../src/deploy/services/azure-http.ts";
import { CLOUDS, createTokens } from "../../../src/deploy/services/credentials.ts";
import { MANAGEMENT } from "../../fakes/arm.ts";
import { createEntra, type Entra } from "../../fakes/entra.ts";
import {
  createFaults,
  type FakeAnswer,
  type FakeServer,
  type FakeService,
  type Faults,
  startServer,
} from "../../fakes/http.ts";
import { failureOf, told } from "./azure.ts";

interface Setting extends AsyncDisposable {
  readonly server: FakeServer;
  readonly faults: Faults;
  readonly entra: Entra;
  readonly http: AzureHttp;
  readonly waits: readonly number[];
}

async function start(service: FakeService, options: Partial<AzureHttpOptions> = {}): Promise<Setting> {
  const entra = createEntra();
  const faults = createFaults();
  const guarded: FakeService = (request, url) =>
    entra.refusal(request.headers.authorization, MANAGEMENT) ?? service(request, url);
  const server = await startServer(guarded, faults);
  const signal = options.signal ?? new AbortController().signal;
  const waits: number[] = [];
  const http = createAzureHttp({
    service: "Data Factory",
    endpoint: server.url,
    tokens: createTokens({ credential: entra.credential, scope: CLOUDS.public.scopes.management, signal }),
    grant: (who) => `grant ${who?.objectId}`,
    signal,
    timeout: 200,
    pause: 1,
    onWait: (_, milliseconds) => waits.push(milliseconds),
    ...options,
  });
  return { server, faults, entra, http, waits, [Symbol.asyncDispose]: () => server.close() };
}

const ok: FakeService = () => ({ status: 200, body: { fine: true } });
const get = { action: "read the factory f", method: "GET", path: ["f"] } as const;
const post = { action: "create a job", method: "POST", path: ["jobs"], body: { a: 1 } } as const;

function always(faults: Faults, answer: FakeAnswer): void {
  for (let k = 1; k < 50; k++) faults.at(k, { kind: "answer", answer });
}

it.each([
  "http://management.azure.com",
  "http://127.0.0.1.evil.example",
  "http://localhost:1",
  "https://user:password@management.azure.com",
  "https://management.azure.com/path",
  "ftp://127.0.0.1",
  "management.azure.com",
])("sends no token to %s", async (endpoint) => {
  expect(await told(start(ok, { endpoint }))).toMatch(/^endpoint-insecure: /);
});

it("escapes what it sends, and returns the body unchanged", async () => {
  await using setting = await start(({ path, query, body }) => ({
    status: 200,
    body: { path, query: [...query], body },
  }));
  const answer = await setting.http.send({
    ...post,
    path: ["a b", "x/../y?z#", "😀"],
    query: { $filter: "a eq 'b&c'" },
  });
  expect(answer.body).toEqual({
    path: ["a b", "x/../y?z#", "😀"],
    query: [["$filter", "a eq 'b&c'"]],
    body: '{"a":1}',
  });
});

it("renews a rejected token once", async () => {
  await using setting = await start(ok);
  await setting.http.send(get);
  setting.entra.expireAll();
  expect((await setting.http.send(get)).status).toBe(200);
  expect(setting.server.log.map(({ status }) => status)).toEqual([200, 401, 200]);
  setting.faults.restart();
  const expired = {
    error: { code: "ExpiredAuthenticationToken", message: "The access token eyJhbGci.eyJhdWQi.x ended" },
  };
  always(setting.faults, { status: 401, body: expired });
  expect(await told(setting.http.send(get))).toBe(
    "service-token-refused: Data Factory rejected the access token of this identity: ExpiredAuthenticationToken: The access token … ended",
  );
  expect(setting.faults.count()).toBe(2);
});

it("requests the token that a challenge demands", async () => {
  await using setting = await start(ok);
  const claims = Buffer.from('{"access_token":{"nbf":{"essential":true}}}').toString("base64");
  const challenge = `Bearer authorization_uri="https://login.windows.net/", error="insufficient_claims", claims="${claims}"`;
  setting.faults.at(1, { kind: "answer", answer: { status: 401, headers: { "www-authenticate": challenge } } });
  expect((await setting.http.send(get)).status).toBe(200);
  expect(setting.entra.given()).toBe(2);
});

it.each([408, 429, 500, 502, 503, 504])("retries after %i", async (status) => {
  await using setting = await start(ok);
  setting.faults.at(1, { kind: "answer", answer: { status } });
  setting.faults.at(2, { kind: "answer", answer: { status, body: { error: { code: "Busy", message: "later" } } } });
  expect((await setting.http.send(get)).body).toEqual({ fine: true });
  expect(setting.waits).toEqual([1, 2]);
});

it.each(["reset", "lost", "hang"] as const)("retries after a connection that was %s", async (kind) => {
  await using setting = await start(ok);
  setting.faults.at(1, { kind });
  expect((await setting.http.send(get)).status).toBe(200);
});

it("waits as long as the service demands, for all requests", async () => {
  await using setting = await start(ok);
  await setting.http.send(get);
  setting.faults.restart();
  setting.faults.at(1, { kind: "answer", answer: { status: 429, headers: { "retry-after": "1" } } });
  const begun = performance.now();
  const first = setting.http.send(get);
  await expect.poll(() => setting.waits.length).toBe(1);
  await setting.http.send(get);
  await first;
  expect(performance.now() - begun).toBeGreaterThan(990);
  expect(setting.waits[0]).toBe(1000);
});

it("reads the other headers that say how long to wait", async () => {
  await using setting = await start(ok);
  const at = new Date(Date.now() + 1500).toUTCString();
  setting.faults.at(1, { kind: "answer", answer: { status: 503, headers: { "x-ms-retry-after-ms": "30" } } });
  setting.faults.at(2, { kind: "answer", answer: { status: 429, headers: { "retry-after": at } } });
  setting.faults.at(3, { kind: "answer", answer: { status: 429, headers: { "retry-after": "soon" } } });
  await setting.http.send(get);
  expect(setting.waits[0]).toBe(30);
  expect(setting.waits[1]).toBeLessThanOrEqual(1500);
  expect(setting.waits[2]).toBe(4);
});

it("gives up after five attempts, and at once if the demanded wait is too long", async () => {
  await using setting = await start(ok);
  always(setting.faults, { status: 500, body: { error: { code: "InternalServerError", message: "oops" } } });
  expect(await told(setting.http.send(get))).toBe(
    "service-busy: Data Factory was still busy after 5 attempts to read the factory f: InternalServerError: oops",
  );
  setting.faults.restart();
  always(setting.faults, { status: 429, headers: { "retry-after": "3600" } });
  expect(await told(setting.http.send(get))).toMatch(/^service-busy: Data Factory was still busy after 1 attempts/);
  setting.faults.restart();
  for (let k = 1; k < 10; k++) setting.faults.at(k, { kind: "hang" });
  expect(await told(setting.http.send(get))).toMatch(
    /^service-unreachable: Data Factory does not respond at http:\/\/127.0.0.1:\d+: no response for 0.2 seconds/,
  );
});

it("repeats a request that is not idempotent only if it was not carried out", async () => {
  await using setting = await start(ok);
  for (const fault of [{ kind: "lost" }, { kind: "answer", answer: { status: 500 } }] as const) {
    setting.faults.restart();
    setting.faults.at(1, fault);
    expect((await failureOf(setting.http.send(post))).length).toBe(1);
    expect(setting.faults.count()).toBe(1);
    setting.faults.restart();
    setting.faults.at(1, fault);
    expect((await setting.http.send({ ...post, repeatable: true })).status).toBe(200);
  }
  setting.faults.restart();
  setting.faults.at(1, { kind: "answer", answer: { status: 429 } });
  expect((await setting.http.send(post)).status).toBe(200);
});

it("reports the missing permission of an identity, and a policy's message", async () => {
  await using setting = await start(ok);
  const answer = (code: string): FakeAnswer => ({ status: 403, body: { error: { code, message: "no" } } });
  setting.faults.at(1, { kind: "answer", answer: answer("AuthorizationFailed") });
  expect((await failureOf(setting.http.send(get)))[0]).toMatchObject({
    code: "service-forbidden",
    hint: `Ask an administrator to run: \`grant ${setting.entra.objectId}\`.`,
  });
  setting.faults.at(2, { kind: "answer", answer: answer("RequestDisallowedByPolicy") });
  expect((await setting.http.send(get)).status).toBe(403);
});

it("rejects the page of a proxy as a response", async () => {
  await using setting = await start(() => ({ status: 200, body: "<html>Sign in to the network</html>" }));
  expect(await told(setting.http.send(get))).toMatch(/^service-unreachable: .*the response is not JSON/);
});

it("sends its token to no other host, whatever a response links to", async () => {
  await using other = await startServer(ok);
  await using setting = await start(() => ({
    status: 200,
    headers: { location: other.url },
    body: { value: [], nextLink: `${other.url}/f?page=2` },
  }));
  expect(await told(setting.http.list(get))).toMatch(/^service-refused: .*its response links to another server, 127/);
  setting.faults.restart();
  setting.faults.at(1, { kind: "answer", answer: { status: 202, headers: { location: other.url } } });
  expect(await told(setting.http.finish(get))).toMatch(/^service-refused: .*another server/);
  setting.faults.restart();
  setting.faults.at(1, { kind: "answer", answer: { status: 307, headers: { location: other.url } } });
  expect((await setting.http.send(get)).status).toBe(307);
  expect(other.log).toEqual([]);
});

it("detects cyclic pages", async () => {
  await using setting = await start((_, url) => ({ status: 200, body: { value: [1], nextLink: `${url}/f` } }));
  expect(await told(setting.http.list(get))).toMatch(/^service-refused: .*its pagination does not end/);
});

it("sends at most eight requests at a time", async () => {
  await using setting = await start(async () => {
    await new Promise((done) => setTimeout(done, 20));
    return { status: 200 };
  });
  await Promise.all(Array.from({ length: 30 }, () => setting.http.send(get)));
  expect(setting.server.mostAtOnce()).toBe(8);
});

it("stops immediately when it is aborted", async () => {
  const stop = new AbortController();
  await using setting = await start(ok, { signal: stop.signal, timeout: 60_000 });
  await setting.http.send(get);
  setting.faults.restart();
  setting.faults.at(1, { kind: "hang" });
  setting.faults.at(2, { kind: "answer", answer: { status: 429, headers: { "retry-after": "600" } } });
  const calls = [setting.http.send(get), setting.http.send(get)];
  await expect.poll(() => setting.faults.count()).toBe(2);
  stop.abort();
  for (const call of calls) await expect(call).rejects.toBe(stop.signal.reason);
  await expect(setting.http.send(get)).rejects.toBe(stop.signal.reason);
});

it("connects to remote hosts through the proxy of the environment", async () => {
  const asked: string[] = [];
  const proxy = createServer().on("connect", ({ url = "" }, socket) => {
    asked.push(url);
    socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
  });
  await new Promise<void>((done) => proxy.listen(0, "127.0.0.1", done));
  const address = proxy.address();
  const port = typeof address === "object" ? address?.port : undefined;
  vi.stubEnv("HTTPS_PROXY", `http://127.0.0.1:${port}`);
  try {
    await using setting = await start(ok, { endpoint: "https://management.azure.com" });
    expect((await failureOf(setting.http.send(get))).length).toBe(1);
    expect(new Set(asked)).toEqual(new Set(["management.azure.com:443"]));
    await using local = await start(ok);
    expect((await local.http.send(get)).status).toBe(200);
  } finally {
    vi.unstubAllEnvs();
    proxy.close();
  }
});
