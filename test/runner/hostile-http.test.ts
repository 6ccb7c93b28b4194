/**
 * Web servers that break off, change files during a download, ignore headers or send something else. In every case, a
 * load is exactly one version of the file, or there is none.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, it, onTestFinished } from "vitest";
import { foldersIn } from "../../src/runner/lake.ts";
import type { RunOptions } from "../../src/runner/run.ts";
import { type RawAnswer, type RawRequest, type RawServer, startRawServer } from "../fakes/raw-http.ts";
import { createProject, messages, type Project, states } from "./project.ts";

const PROGRAM = (file: string) => `project shop { lake = adls { account: "shop", container: "lake" } }
source web = http { base_url: "http://127.0.0.1:1/" }
bronze pages from web.${file} { id: int, name: string }
`;

/** Two versions of one file, of about the same size. */
const rowsOf = (word: string) =>
  `id,name\n${Array.from({ length: 20_000 }, (_, at) => `${at},${word} ${at}\n`).join("")}`;
const OLD = rowsOf("old");
const NEW = rowsOf("new");
const TOTAL = OLD.length;
const CUT = 90_060;
const LONG_AGO = "Thu, 01 Jan 2026 00:00:00 GMT";
const LATER = "Fri, 02 Jan 2026 00:00:00 GMT";
const DATE = "Sat, 03 Jan 2026 00:00:00 GMT";

interface Hostile {
  readonly project: Project;
  readonly server: RawServer;
  run(options?: Partial<RunOptions>): Promise<string>;
  /** The content of the newest load. */
  text(): Promise<string>;
}

async function startHostile(answers: (request: RawRequest) => RawAnswer, file = 'csv("a.csv")'): Promise<Hostile> {
  const project = await createProject(PROGRAM(file));
  const server = await startRawServer(answers);
  onTestFinished(async () => {
    await server.close();
    await project.remove();
  });
  const folder = join(project.lakeFolder, "bronze", "pages");
  return {
    project,
    server,
    async run(options = {}) {
      const sources = { web: { kind: "settings", settings: { base_url: server.url } } } as const;
      const result = await project.run({ sources, silence: 400, patience: 400, ...options });
      return [states(result), ...messages(result)].join("\n");
    },
    async text() {
      const newest = (await foldersIn(folder)).at(-1) ?? "";
      return readFileSync(join(folder, newest, file.startsWith("csv") ? "a.csv" : "a.jsonl"), "utf8");
    },
  };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** The whole file. */
function whole(text: string, headers: RawAnswer["headers"] = {}): RawAnswer {
  return { headers: { "Content-Length": Buffer.byteLength(text), Date: DATE, ...headers }, body: text };
}

/** Announces the whole file and sends a part of it. */
function cutOff(headers: RawAnswer["headers"], text = OLD): RawAnswer {
  return { ...whole(text, headers), body: text.slice(0, CUT) };
}

/** A part, with its range in the header. */
function part(body: string, range: string, headers: RawAnswer["headers"] = {}): RawAnswer {
  return {
    status: "206 Partial Content",
    headers: { "Content-Length": body.length, "Content-Range": `bytes ${range}`, Date: DATE, ...headers },
    body,
  };
}

const rest = (text: string) => text.slice(CUT);
const ETAG = { ETag: '"1"' };
const MODIFIED = { "Last-Modified": LONG_AGO };

it.each<[string, RawAnswer["headers"], RawAnswer, string]>([
  ["by its etag", ETAG, part(rest(OLD), `${CUT}-${TOTAL - 1}/${TOTAL}`, ETAG), OLD],
  ["by its time", MODIFIED, part(rest(OLD), `${CUT}-${TOTAL - 1}/${TOTAL}`, MODIFIED), OLD],
  ["sent completely, because ranges are ignored", ETAG, whole(OLD, ETAG), OLD],
  ["that was changed meanwhile", ETAG, whole(NEW, { ETag: '"2"' }), NEW],
])("resumes a file %s", async (_, headers, second, expected) => {
  const { server, run, text } = await startHostile(({ count }) => (count === 1 ? cutOff(headers) : second));
  expect(await run()).toBe("bronze.pages ok");
  expect(sha256(await text())).toBe(sha256(expected));
  const [first, resumed, ...more] = server.requests;
  expect(first?.headers.range).toBeUndefined();
  expect(resumed?.headers).toMatchObject({ range: `bytes=${CUT}-`, "if-range": Object.values(headers ?? {})[0] });
  expect(more).toEqual([]);
});

it.each<[string, RawAnswer["headers"], RawAnswer]>([
  ["a part with fewer bytes", ETAG, part(OLD.slice(CUT, CUT + 5000), `${CUT}-${CUT + 4999}/${TOTAL}`, ETAG)],
  ["a part that claims to be the rest", ETAG, part(OLD.slice(CUT, CUT + 5000), `${CUT}-${TOTAL - 1}/${TOTAL}`, ETAG)],
  ["a part of a longer file", ETAG, part(rest(OLD), `${CUT}-${TOTAL}/${TOTAL + 1}`, ETAG)],
  ["a part of a file of another size", ETAG, part(rest(OLD), `${CUT}-${TOTAL - 1}/${TOTAL + 9}`, ETAG)],
  ["a part of a file of unknown size", ETAG, part(rest(OLD), `${CUT}-${TOTAL - 1}/*`, ETAG)],
  ["a part of another range", ETAG, part(OLD.slice(CUT - 9), `${CUT - 9}-${TOTAL - 1}/${TOTAL}`, ETAG)],
  ["a part without a range", ETAG, { status: "206 Partial Content", headers: ETAG, body: rest(OLD) }],
  ["a part of a new version", ETAG, part(rest(NEW), `${CUT}-${TOTAL - 1}/${TOTAL}`, { ETag: '"2"' })],
  ["a part of an unnamed version", ETAG, part(rest(NEW), `${CUT}-${TOTAL - 1}/${TOTAL}`)],
  ["a part of a newer file", MODIFIED, part(rest(NEW), `${CUT}-${TOTAL - 1}/${TOTAL}`, { "Last-Modified": LATER })],
  ["a part of a file of unknown time", MODIFIED, part(rest(NEW), `${CUT}-${TOTAL - 1}/${TOTAL}`)],
  ["a compressed part", ETAG, part(rest(OLD), `${CUT}-${TOTAL - 1}/${TOTAL}`, { ...ETAG, "Content-Encoding": "gzip" })],
  [
    "several parts",
    ETAG,
    { ...part(rest(OLD), "x", ETAG), headers: { "Content-Type": "multipart/byteranges; boundary=x" } },
  ],
  [
    "that there is no such part, of a shorter file",
    ETAG,
    { status: "416 Range Not Satisfiable", headers: { "Content-Range": "bytes */9" } },
  ],
  ["that the range does not exist", ETAG, { status: "416 Range Not Satisfiable" }],
  ["that the condition fails", ETAG, { status: "412 Precondition Failed" }],
])("starts from zero where the answer is %s", async (_, headers, second) => {
  const { server, run, text } = await startHostile(({ count, headers: asked }) => {
    if (count === 1) return cutOff(headers);
    return asked.range === undefined ? whole(NEW, { ETag: '"2"' }) : second;
  });
  expect(await run()).toBe("bronze.pages ok");
  expect(sha256(await text())).toBe(sha256(NEW));
  expect(server.requests.map(({ headers }) => headers.range)).toEqual([undefined, `bytes=${CUT}-`, undefined]);
});

it.each<[string, RawAnswer["headers"]]>([
  ["nothing", {}],
  ["a weak etag", { ETag: 'W/"1"' }],
  ["a time of the same second", { "Last-Modified": DATE }],
])("never resumes where a version is known by %s", async (_, headers) => {
  const { server, run, text } = await startHostile(({ count }) => (count < 4 ? cutOff(headers) : whole(NEW, headers)));
  expect(await run()).toBe("bronze.pages ok");
  expect(sha256(await text())).toBe(sha256(NEW));
  expect(server.requests.map(({ headers }) => headers.range)).toEqual([undefined, undefined, undefined, undefined]);
});

it("a file is complete if only the end of the transfer was missing and the server has no more data", async () => {
  const { server, run, text } = await startHostile(({ count }) =>
    count === 1
      ? { headers: { ...ETAG, Date: DATE }, body: OLD, chunked: "open" }
      : { status: "416 Range Not Satisfiable", headers: { "Content-Range": `bytes */${TOTAL}` } },
  );
  expect(await run()).toBe("bronze.pages ok");
  expect(sha256(await text())).toBe(sha256(OLD));
  expect(server.requests).toHaveLength(2);
});

it("source-interrupted: a server that always breaks off is tried five times, and the last load is kept", async () => {
  const { server, run, text } = await startHostile(() => whole(OLD));
  await run();
  server.answer(({ headers }) => (headers.range ? part("x", "0-0/1", ETAG) : cutOff(ETAG, NEW)));
  expect(await run()).toMatch(
    /^bronze\.pages failed\nsource-interrupted: the download of bronze\.pages from the source web was interrupted/,
  );
  expect(server.requests).toHaveLength(5);
  expect(sha256(await text())).toBe(sha256(OLD));
});

it.each<[string, RawAnswer]>([
  ["announced longer than it is", { headers: { "Content-Length": TOTAL + 1 }, body: OLD }],
  ["in chunks without an end", { body: OLD.slice(0, CUT), chunked: "open" }],
  ["in chunks that break off", { body: OLD.slice(0, CUT), chunked: "open", end: "reset" }],
  ["compressed and cut before it was sent", gzipped(gzipSync(OLD).subarray(0, 5000))],
  ["compressed and damaged", gzipped(Buffer.concat([gzipSync(OLD).subarray(0, 3000), gzipSync(NEW).subarray(5000)]))],
  ["stalling", { headers: { "Content-Length": TOTAL }, body: OLD.slice(0, CUT), end: "hang" }],
  ["trickling", { headers: { "Content-Length": TOTAL }, body: OLD, trickle: 50 }],
  ["not modified, without a condition", { status: "304 Not Modified", headers: ETAG }],
  ["busy", { status: "429 Too Many Requests", headers: { "Retry-After": 0 } }],
  ["temporarily unavailable", { status: "503 Service Unavailable", headers: { "Retry-After": LONG_AGO } }],
  ["closed before an answer", { raw: "", end: "reset" }],
])("a body or answer that is %s is asked for again", async (_, first) => {
  const { server, run, text } = await startHostile(({ count }) => (count === 1 ? first : whole(NEW)));
  expect(await run()).toBe("bronze.pages ok");
  expect(sha256(await text())).toBe(sha256(NEW));
  expect(server.requests).toHaveLength(2);
});

function gzipped(body: Buffer): RawAnswer {
  return { headers: { "Content-Encoding": "gzip", "Content-Length": body.length, ...ETAG }, body };
}

it.each<[string, RawAnswer]>([
  ["compressed in transit", gzipped(gzipSync(OLD))],
  ["in chunks", { body: OLD, chunked: "closed" }],
  ["until the connection closes", { body: OLD }],
])("takes a file %s", async (_, answer) => {
  const { run, text } = await startHostile(() => answer);
  expect(await run()).toBe("bronze.pages ok");
  expect(sha256(await text())).toBe(sha256(OLD));
});

it.each<[string, RegExp, RawAnswer]>([
  [
    "source-answer-invalid",
    /more than the file|Parse Error/i,
    { headers: { "Content-Length": CUT, Connection: "close" }, body: OLD, end: "hang" },
  ],
  ["source-answer-invalid", /202 Accepted: the file is not ready yet/, { status: "202 Accepted", body: "wait" }],
  ["source-answer-invalid", /204 No Content: the response has no content/, { status: "204 No Content" }],
  ["source-answer-invalid", /205 Reset Content: the response has no content/, { status: "205 Reset Content" }],
  ["source-answer-invalid", /206 Partial Content to a request for the whole/, part(OLD, `0-${TOTAL - 1}/${TOTAL}`)],
  ["source-answer-invalid", /400 Bad Request/, { status: "400 Bad Request" }],
  ["source-answer-invalid", /Parse Error|Expected HTTP/, { raw: "SSH-2.0-OpenSSH_9.6\r\n" }],
  ["source-answer-invalid", /compressed the file as zstd/, { headers: { "Content-Encoding": "zstd" }, body: "x" }],
  [
    "source-answer-invalid",
    /redirected more than 10 times/,
    { status: "302 Found", headers: { Location: "/again?sig=s3cret" } },
  ],
  ["source-answer-invalid", /without a valid redirect address/, { status: "301 Moved Permanently" }],
  [
    "source-answer-invalid",
    /which is not an HTTP address/,
    { status: "302 Found", headers: { Location: "file:///etc/passwd" } },
  ],
  ["source-login-failed", /401 Unauthorized/, { status: "401 Unauthorized" }],
  ["source-access-denied", /403 Forbidden/, { status: "403 Forbidden" }],
  [
    "source-unavailable",
    /503 Service Unavailable, and asks to retry after 3600 seconds/,
    { status: "503 Service Unavailable", headers: { "Retry-After": 3600 } },
  ],
  ["source-unavailable", /500 Oops/, { status: "500 Oops" }],
  ["source-object-missing", /reads a\.csv/, { status: "404 Not Found" }],
  ["source-object-missing", /reads a\.csv/, { status: "410 Gone" }],
  ["source-timeout", /no response within 0\.4 seconds/, { raw: "", end: "hang" }],
  ["source-content-unexpected", /returned an empty file/, whole("")],
  ["source-content-unexpected", /returned an empty file/, whole("\n\n")],
  [
    "source-content-unexpected",
    /an HTML page instead of the file: "Sign in"/,
    whole("<!DOCTYPE html><html><head><title>\n Sign in</title>"),
  ],
  ["source-content-unexpected", /an HTML page/, whole("\uFEFF\n<html lang=en>")],
  [
    "source-content-unexpected",
    /an XML document instead of the file: "AuthenticationFailed: Server failed/,
    whole('<?xml version="1.0"?><Error><Code>AuthenticationFailed</Code><Message>Server failed</Message></Error>'),
  ],
  [
    "source-content-unexpected",
    /a JSON document instead of the CSV file: "token expired"/,
    whole('{"error":{"message":"token expired"}}'),
  ],
])("%s: %s", async (code, reported, answer) => {
  const { run, server } = await startHostile(() => answer);
  const outcome = await run();
  expect(outcome).toMatch(/^bronze\.pages failed\n/);
  expect(outcome.split("\n")[1]).toMatch(new RegExp(`^${code}: `));
  expect(outcome).toMatch(reported);
  expect(outcome).not.toContain("s3cret");
  if (code === "source-content-unexpected") expect(server.requests).toHaveLength(1);
});

it("source-content-unexpected: an error as JSON instead of JSON lines, but not a record that looks like one", async () => {
  const { run, server } = await startHostile(
    () => whole('{"errors":[{"message":"no such report"}]}\n'),
    'json("a.jsonl")',
  );
  expect(await run()).toContain('an error instead of the file: "no such report"');
  server.answer(() => whole('{"id":1,"name":"a","error":"none"}\n'));
  expect(await run()).toBe("bronze.pages ok");
  server.answer(() => whole('{"id":1}\n{"error":"x"}\n'));
  expect(await run()).toBe("bronze.pages ok");
});

it("a header that starts like another format is still a header", async () => {
  const { run } = await startHostile(() => whole("<id>,id,name\n1,2,a\n"));
  expect(await run()).toBe("bronze.pages ok");
});

it("follows redirects; to another server without credentials of the first", async () => {
  const other = await startRawServer(() => whole(OLD, ETAG));
  onTestFinished(() => other.close());
  const { run, text, server } = await startHostile(() => ({
    status: "302 Found",
    headers: { Location: `${other.url.replace("//", "//me:s3cret@")}b?x=1` },
  }));
  expect(await run()).toBe("bronze.pages ok");
  expect(sha256(await text())).toBe(sha256(OLD));
  expect(other.requests[0]?.headers.authorization).toBeUndefined();
  // The ETag belongs to the other server and must not be sent to this one.
  other.answer(({ headers }) => (headers["if-none-match"] === '"1"' ? { status: "304 Not Modified" } : whole(NEW)));
  expect(await run()).toBe("bronze.pages unchanged");
  expect(server.requests.every(({ headers }) => headers["if-none-match"] === undefined)).toBe(true);
  server.answer(({ target, headers }) => {
    if (target === "/a.csv") return { status: "302 Found", headers: { Location: "/moved" } };
    return headers["if-none-match"] === undefined ? whole(NEW, ETAG) : { status: "304 Not Modified" };
  });
  expect(await run()).toBe("bronze.pages ok");
  expect(sha256(await text())).toBe(sha256(NEW));
});

it("unchanged files are not sent again; a 304 for another version is not trusted", async () => {
  const { run, text, server } = await startHostile(() => whole(OLD, { ...ETAG, ...MODIFIED }));
  expect(await run()).toBe("bronze.pages ok");
  server.answer(({ headers }) =>
    headers["if-none-match"] === '"1"' ? { status: "304 Not Modified", headers: ETAG } : whole(NEW),
  );
  expect(await run()).toBe("bronze.pages unchanged");
  server.answer(() => whole(OLD, { ETag: '"other"' }));
  expect(await run()).toBe("bronze.pages unchanged");
  for (const lie of [{ ETag: '"2"' }, { "Last-Modified": LATER }, { "Content-Length": 7 }]) {
    server.answer(({ headers }) =>
      headers["if-none-match"] ? { status: "304 Not Modified", headers: lie } : whole(NEW, ETAG),
    );
    expect(await run()).toMatch(/^bronze\.pages (ok|unchanged)$/);
    expect(sha256(await text())).toBe(sha256(NEW));
    expect(server.requests).toHaveLength(2);
    server.answer(() => whole(OLD, { ...ETAG, ...MODIFIED }));
    await run({ full: true });
  }
});

it("--full fetches unchanged files", async () => {
  const { run, server } = await startHostile(({ headers }) =>
    headers["if-none-match"] ? { status: "304 Not Modified" } : whole(OLD, ETAG),
  );
  expect(await run()).toBe("bronze.pages ok");
  expect(await run({ full: true })).toBe("bronze.pages ok");
  expect(server.requests.map(({ headers }) => headers["if-none-match"])).toEqual([undefined, undefined]);
  expect(await run()).toBe("bronze.pages unchanged");
});
