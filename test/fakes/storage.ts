/**
 * Blob storage: a real Azurite, in memory, behind a server that logs the requests and fails those that a test asks it to
 * fail. Over TLS there is no such server in between.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { StorageSharedKeyCredential } from "@azure/storage-blob";
import { root } from "../support/paths.ts";
import { createFaults, type FakeAnswer, type FakeRequest, type FakeServer, type Faults, startServer } from "./http.ts";

/** The account that every Azurite has; its key is published. */
const ACCOUNT = "devstoreaccount1";
const KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

export interface FakeStorage extends AsyncDisposable {
  /** With the account, as for `connectContainer`. */
  readonly url: string;
  readonly credential: StorageSharedKeyCredential;
  /** The key of the credential. */
  readonly key: string;
  readonly log: FakeServer["log"];
  readonly atWork: FakeServer["atWork"];
  /** Azurite itself, past the log and the faults. */
  readonly direct: string;
  close(): Promise<void>;
}

export async function startStorage(faults: Faults = createFaults()): Promise<FakeStorage> {
  const azurite = await startAzurite();
  const server = await startServer((request) => handOn(request, azurite.url), faults);
  const close = async (): Promise<void> => {
    await server.close();
    await azurite.close();
  };
  return {
    url: `${server.url}/${ACCOUNT}`,
    credential: new StorageSharedKeyCredential(ACCOUNT, KEY),
    key: KEY,
    log: server.log,
    atWork: server.atWork,
    direct: `${azurite.url}/${ACCOUNT}`,
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function handOn({ method, target, headers, body }: FakeRequest, url: string): Promise<FakeAnswer> {
  const own = new Set(["host", "connection", "content-length", "transfer-encoding", "accept-encoding"]);
  const response = await fetch(`${url}${target}`, {
    method,
    headers: Object.entries(headers).flatMap(([name, value]) =>
      own.has(name) || value === undefined ? [] : [[name, String(value)] as [string, string]],
    ),
    ...(method === "GET" || method === "HEAD" ? {} : { body: Buffer.from(body) }),
  });
  const text = await response.text();
  const answered = [...response.headers].filter(
    ([name]) => !["connection", "keep-alive", "transfer-encoding"].includes(name),
  );
  return { status: response.status, headers: Object.fromEntries(answered), ...(text === "" ? {} : { body: text }) };
}

export interface SecureStorage extends AsyncDisposable {
  /** `https://127.0.0.1:…/devstoreaccount1`; takes Entra tokens, unsigned ones too. */
  readonly url: string;
  /** The certificate to trust. */
  readonly certificate: string;
}

export async function startSecureStorage(): Promise<SecureStorage> {
  const folder = mkdtempSync(join(tmpdir(), "medal-azurite-"));
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
  const algorithm = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  execFileSync(
    "openssl",
    ["req", "-x509", ...algorithm, "-days", "2", "-keyout", key, "-out", certificate, ...subject],
    {
      stdio: "ignore",
    },
  );
  const text = readFileSync(certificate, "utf8");
  const azurite = await startAzurite("--oauth", "basic", "--cert", certificate, "--key", key);
  return {
    url: `${azurite.url}/${ACCOUNT}`,
    certificate: text,
    async [Symbol.asyncDispose]() {
      await azurite.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Azurite {
  readonly url: string;
  close(): Promise<void>;
}

/** However the process that started it ends, killed or not, the pipe to it closes. */
const END_WITH_PARENT = `data:text/javascript,${encodeURIComponent(
  'process.stdin.on("close", () => process.exit()).on("error", () => process.exit()).resume();',
)}`;

async function startAzurite(...options: readonly string[]): Promise<Azurite> {
  const main = `${root}/node_modules/azurite/dist/src/blob/main.js`;
  const plain = ["--inMemoryPersistence", "--silent", "--skipApiVersionCheck", "--disableTelemetry"];
  const args = ["--import", END_WITH_PARENT, main, "--blobPort", "0", ...plain, ...options];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "pipe"], cwd: tmpdir() });
  return { url: await addressOf(child), close: () => end(child) };
}

async function addressOf(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("Azurite has no output");
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line);
    const [, url] = /successfully listens on (\S+)/.exec(line) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error(`Azurite did not start: ${said.join(" ")}`);
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((ended) => {
    if (child.exitCode !== null || child.signalCode !== null) return ended();
    child.once("exit", () => ended());
    child.kill("SIGKILL");
  });
}
