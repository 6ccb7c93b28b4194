import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { type HttpOptions, type HttpServer, startHttpServer } from "../../support/servers/http.ts";

const TEXT = "0123456789".repeat(50_000);

async function start(options: HttpOptions = {}): Promise<HttpServer> {
  const folder = mkdtempSync(join(tmpdir(), "medal-http-"));
  writeFileSync(join(folder, "data.csv"), TEXT);
  const server = await startHttpServer(folder, options);
  onTestFinished(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });
  return server;
}

it("serves a whole file, with validators of its version", async () => {
  const server = await start();
  const response = await fetch(`${server.url}data.csv`);
  expect(response.status).toBe(200);
  expect(response.headers.get("etag")).toMatch(/^".+"$/);
  expect(response.headers.get("last-modified")).toMatch(/GMT$/);
  expect(await response.text()).toBe(TEXT);
  expect(server.requests).toEqual([{ method: "GET", path: "/data.csv", range: undefined, status: 200 }]);
});

it.each([
  ["bytes=0-9", 206, "0123456789", "bytes 0-9/500000"],
  ["bytes=499998-", 206, "89", "bytes 499998-499999/500000"],
  ["bytes=-3", 206, "789", "bytes 499997-499999/500000"],
  ["bytes=499990-600000", 206, "0123456789", "bytes 499990-499999/500000"],
  ["bytes=500000-", 416, "", "bytes */500000"],
])("answers the range %s with %i", async (range, status, text, contentRange) => {
  const server = await start();
  const response = await fetch(`${server.url}data.csv`, { headers: { Range: range } });
  expect(response.status).toBe(status);
  expect(response.headers.get("content-range")).toBe(contentRange);
  expect(await response.text()).toBe(text);
});

it("sends the whole file for the range of another version", async () => {
  const server = await start();
  const response = await fetch(`${server.url}data.csv`, { headers: { Range: "bytes=5-", "If-Range": '"old"' } });
  expect(response.status).toBe(200);
  expect(await response.text()).toBe(TEXT);
});

it("sends nothing if the client has the current version", async () => {
  const server = await start();
  const etag = (await fetch(`${server.url}data.csv`, { method: "HEAD" })).headers.get("etag") ?? "";
  const response = await fetch(`${server.url}data.csv`, { headers: { "If-None-Match": etag } });
  expect(response.status).toBe(304);
});

it("serves no other files", async () => {
  const server = await start();
  expect((await fetch(`${server.url}none.csv`)).status).toBe(404);
  expect((await fetch(`${server.url}..%2F..%2Fetc%2Fpasswd`)).status).toBe(404);
});

it("fails as often as configured, for each path separately", async () => {
  const server = await start({ failures: 2 });
  const statuses: number[] = [];
  for (let call = 0; call < 3; call++) statuses.push((await fetch(`${server.url}data.csv`)).status);
  expect(statuses).toEqual([503, 503, 200]);
  expect((await fetch(`${server.url}none.csv`)).status).toBe(503);
});

it("breaks off after the configured bytes, and continues from there", async () => {
  const server = await start({ cut: { times: 1, afterBytes: 100_001 } });
  const first = await fetch(`${server.url}data.csv`);
  expect(first.headers.get("content-length")).toBe("500000");
  let received = "";
  await expect(async () => {
    for await (const piece of first.body ?? []) received += Buffer.from(piece).toString();
  }).rejects.toThrow();
  expect(received).toBe(TEXT.slice(0, 100_001));
  const rest = await fetch(`${server.url}data.csv`, { headers: { Range: `bytes=${received.length}-` } });
  expect(received + (await rest.text())).toBe(TEXT);
});

it("can be slow", async () => {
  const server = await start({ slow: 20 });
  const begun = performance.now();
  await (await fetch(`${server.url}data.csv`)).text();
  expect(performance.now() - begun).toBeGreaterThan(100);
});

it("can ignore range requests", async () => {
  const server = await start({ ignoreRanges: true });
  const response = await fetch(`${server.url}data.csv`, { headers: { Range: "bytes=5-" } });
  expect(response.status).toBe(200);
  expect(response.headers.get("accept-ranges")).toBe("none");
});
