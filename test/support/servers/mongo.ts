/** A real server with MongoDB's protocol: FerretDB, built once from the Go module in this folder. */
import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { BSON, MongoClient } from "mongodb";
import { once } from "../lock.ts";
import { cache } from "../paths.ts";
import { endByInput } from "./child.ts";

export interface MongoServer {
  readonly uri: string;
  readonly database: string;
  stop(): Promise<void>;
}

const DATABASE = "olist_data";
const MODULE = join(import.meta.dirname, "ferretdb");

/** Starts an empty server on a free port. */
export async function startMongo(): Promise<MongoServer> {
  // It ends when its input is closed, so it never outlives this process.
  const server = spawn(await ferretdb(), { stdio: ["pipe", "pipe", "pipe"] });
  let log = "";
  server.stderr.on("data", (text) => {
    if (log.length < 10_000) log += text;
  });
  const uri = await new Promise<string>((resolve, reject) => {
    createInterface({ input: server.stdout }).once("line", resolve);
    server.once("exit", () => reject(new Error(`FerretDB did not start: ${log}`)));
    server.once("error", reject);
  });
  return {
    uri,
    database: DATABASE,
    stop: () => endByInput(server),
  };
}

/** Loads documents into a collection, from lines of relaxed Extended JSON. */
export async function loadCollection(server: MongoServer, collection: string, path: string): Promise<void> {
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  const client = await MongoClient.connect(server.uri);
  const documents = lines.map((line): BSON.Document => BSON.EJSON.parse(line, { relaxed: true }));
  await client.db(server.database).collection(collection).insertMany(documents);
  await client.close();
}

/** The path of the server's binary, rebuilt if its sources have changed. Fails without Go. */
export async function ferretdb(): Promise<string> {
  const sources = ["go.mod", "go.sum", "main.go"].map((file) => readFileSync(join(MODULE, file)));
  const hash = createHash("sha256").update(Buffer.concat(sources)).digest("hex").slice(0, 16);
  const folder = await once(join(cache, "ferretdb", hash), async (target) => {
    mkdirSync(target, { recursive: true });
    await promisify(execFile)("go", ["build", "-buildvcs=false", "-o", join(target, "server"), "."], { cwd: MODULE });
  });
  return join(folder, "server");
}
