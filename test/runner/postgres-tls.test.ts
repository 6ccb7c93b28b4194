/** Which servers a connection to PostgreSQL trusts. The server says `28P01` as soon as TLS stands, so a rejected login means that it was trusted. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates, TLSSocket } from "node:tls";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { ruleOf } from "../../src/runner/extract/failures.ts";
import type { FetchRequest } from "../../src/runner/extract/fetcher.ts";
import { fetchFromPostgres } from "../../src/runner/extract/postgres.ts";

/** Of this machine, but none of the addresses that need no TLS. */
const HOST = "127.0.0.2";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "medal-tls-"));
});
const servers: Server[] = [];
const authorities = getCACertificates("default");
afterEach(() => {
  setDefaultCACertificates(authorities);
  for (const server of servers.splice(0)) server.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Certificate {
  readonly key: Buffer;
  readonly cert: Buffer;
}

function certificateFor(names: string): Certificate {
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const subject = ["-subj", "/CN=erp", "-addext", `subjectAltName=${names}`];
  const algorithm = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  execFileSync("openssl", ["req", "-x509", ...algorithm, "-days", "2", "-keyout", key, "-out", cert, ...subject], {
    stdio: "ignore",
  });
  return { key: readFileSync(key), cert: readFileSync(cert) };
}

const LOGIN_FAILED = message("E", "SFATAL\0C28P01\0Mpassword authentication failed\0\0");

function message(type: string, text: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(text.length + 4);
  return Buffer.concat([Buffer.from(type), length, Buffer.from(text)]);
}

/** Takes TLS with the certificate; without one it says that it has none. */
async function serve(certificate: Certificate | undefined): Promise<number> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", (first: Buffer) => {
      const wantsTls = first.length === 8 && first.readInt32BE(4) === 80877103;
      if (!wantsTls) return void socket.end(LOGIN_FAILED);
      if (certificate === undefined) {
        socket.write("N");
        return void socket.once("data", () => socket.end(LOGIN_FAILED));
      }
      socket.write("S");
      const tls = new TLSSocket(socket, { isServer: true, ...certificate });
      tls.on("error", () => undefined);
      tls.once("data", () => tls.end(LOGIN_FAILED));
    });
  });
  servers.push(server);
  await new Promise<void>((ready) => server.listen(0, HOST, ready));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

async function outcome(port: number, sslmode: string): Promise<string> {
  const source = {
    kind: "postgres",
    host: HOST,
    port,
    database: "erp",
    user: "ingest",
    password: "p",
    sslmode,
  } as const;
  const request: FetchRequest = {
    object: { kind: "table", schema: "public", table: "a" },
    columns: [{ name: "id" }],
    path: join(folder, "a.jsonl"),
    previous: undefined,
    retry: {
      pause: 1,
      patience: 10_000,
      silence: 10_000,
      signal: new AbortController().signal,
      onRetry: () => undefined,
    },
    onBytes: () => undefined,
  };
  return fetchFromPostgres(source, request).then(
    () => "read",
    (error: unknown) => ruleOf(error).kind,
  );
}

const MODES = ["verify-full", "verify-ca", "require", "disable"];

async function outcomes(port: number): Promise<readonly string[]> {
  const found: string[] = [];
  for (const mode of MODES) found.push(await outcome(port, mode));
  return found;
}

const [TRUSTED, REFUSED] = ["login", "tls"];

it("trusts a certificate of a known authority for the host", async () => {
  const certificate = certificateFor(`IP:${HOST}`);
  setDefaultCACertificates([...authorities, certificate.cert.toString()]);
  expect(await outcomes(await serve(certificate))).toEqual([TRUSTED, TRUSTED, TRUSTED, TRUSTED]);
});

it("trusts a certificate for another host only with verify-ca or less", async () => {
  const certificate = certificateFor("DNS:localhost");
  setDefaultCACertificates([...authorities, certificate.cert.toString()]);
  expect(await outcomes(await serve(certificate))).toEqual([REFUSED, TRUSTED, TRUSTED, TRUSTED]);
});

it("trusts a certificate of an unknown authority only with require", async () => {
  expect(await outcomes(await serve(certificateFor(`IP:${HOST}`)))).toEqual([REFUSED, REFUSED, TRUSTED, TRUSTED]);
});

it("sends nothing unencrypted to a server without TLS, unless TLS is disabled", async () => {
  expect(await outcomes(await serve(undefined))).toEqual([REFUSED, REFUSED, REFUSED, TRUSTED]);
});
