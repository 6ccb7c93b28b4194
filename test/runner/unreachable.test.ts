import { createServer, type Server, type Socket } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import type { SourceOverride } from "../../src/config/environment.ts";
import { withRetries } from "../../src/runner/extract/retry.ts";
import type { RunEvent } from "../../src/runner/run-result.ts";
import { createProject, messages } from "./project.ts";

const PROGRAM = `project shop { lake = adls { account: "shop", container: "lake" } }
secret password = keyvault("shop-kv", "password")
source erp = postgres { host: "127.0.0.1", database: "erp", user: "ingest", password: secret.password }
source catalog = mongodb { uri: secret.password, database: "shop" }
source web = http { base_url: "http://127.0.0.1:1/" }
bronze payments from erp.table("public.payments") { id: int }
bronze names from catalog.collection("names") { id: int }
bronze pages from web.csv("pages.csv") { id: int }
`;

/** Reads one bronze table with short timeouts. */
async function reading(relation: string, sources: Readonly<Record<string, SourceOverride>>) {
  const project = await createProject(PROGRAM);
  onTestFinished(() => project.remove());
  const events: RunEvent[] = [];
  const result = await project.run({
    select: new Set([relation]),
    sources,
    secret: () => "secret",
    patience: 300,
    onEvent: (event) => events.push(event),
  });
  const [diagnostic] = result.diagnostics;
  return {
    folder: project.folder,
    message: messages(result).join(),
    hint: diagnostic?.hint,
    retries: events.filter(({ kind }) => kind === "retrying").length,
    seconds: result.relations[0]?.seconds,
  };
}

/** A port that accepts connections and never responds, or one without a listener. */
async function portOf(kind: "mute" | "closed"): Promise<number> {
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => void sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const end = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  if (kind === "closed") end();
  else onTestFinished(end);
  return address.port;
}

it("source-connection-refused: an absent MongoDB fails after the timeout, with a fix", async () => {
  const uri = `mongodb://127.0.0.1:${await portOf("closed")}/`;
  const { message, hint, retries, seconds } = await reading("bronze.names", {
    catalog: { kind: "settings", settings: { uri } },
  });
  expect(message).toMatch(
    /^source-connection-refused: bronze\.names cannot be read from the source catalog, .*ECONNREFUSED/,
  );
  expect(hint).toMatch(
    /^Check the host and the port.* environments\.local\.sources\.catalog\.folder in medal\.json\.$/,
  );
  expect(retries).toBe(0);
  expect(seconds).toBeLessThan(3);
});

it("source-timeout: a PostgreSQL that does not respond fails after the timeout", async () => {
  const port = await portOf("mute");
  const { message, retries, seconds } = await reading("bronze.payments", {
    erp: { kind: "settings", settings: { port } },
  });
  expect(message).toBe(
    `source-timeout: bronze.payments cannot be read from the source erp, which did not respond in time: no response from 127.0.0.1:${port} within 0.3 seconds`,
  );
  expect(retries).toBe(0);
  expect(seconds).toBeLessThan(3);
});

it("source-connection-refused: an absent web server is tried five times", async () => {
  const base_url = `http://127.0.0.1:${await portOf("closed")}/`;
  const { message, retries } = await reading("bronze.pages", { web: { kind: "settings", settings: { base_url } } });
  expect(message).toMatch(/^source-connection-refused: .*ECONNREFUSED/);
  expect(retries).toBe(4);
});

it("source-object-missing: a replacement folder is not suggested again", async () => {
  const { message, hint, folder } = await reading("bronze.pages", { web: { kind: "folder", folder: "sample" } });
  expect(message).toBe(
    `source-object-missing: bronze.pages reads ${folder}/sample/pages.csv, which the source web does not have`,
  );
  expect(hint).toBe(
    "medal.json replaces the source with a local folder; put the file there, or fix the folder's path.",
  );
});

it.each([
  ["ECONNREFUSED", 1],
  ["ECONNRESET", 5],
])("where nobody answers pauses take patience too: after %s the tries are %i", async (code, expected) => {
  let tries = 0;
  const work = () => {
    tries++;
    return Promise.reject(Object.assign(new Error(code), { code }));
  };
  const options = { pause: 20, patience: 10, signal: new AbortController().signal, onRetry: () => undefined };
  await expect(withRetries(work, options)).rejects.toThrow(code);
  expect(tries).toBe(expected);
});
