import { afterAll, expect, it } from "vitest";
import { type ActualObject, keyOf, type ServiceId } from "../../../src/deploy/object.ts";
import type { ServiceClient } from "../../../src/deploy/service.ts";
import { CLOUDS, createTokens } from "../../../src/deploy/services/credentials.ts";
import { createDatabricks } from "../../../src/deploy/services/databricks.ts";
import { createSynapse } from "../../../src/deploy/services/synapse.ts";
import { startWorkspace } from "../../fakes/databricks.ts";
import { createEntra } from "../../fakes/entra.ts";
import { startPool } from "../../fakes/tds-pool.ts";
import { exampleObjects } from "../support.ts";

const entra = createEntra();
const workspace = await startWorkspace({ entra });
const pool = await startPool({ entra });
afterAll(async () => {
  await workspace.close();
  await pool.close();
});

const { signal } = new AbortController();
const { scopes } = CLOUDS.public;
const tokens = (scope: string) => createTokens({ credential: entra.credential, scope, signal });
const objects = exampleObjects();

const clients: readonly ServiceClient[] = [
  createDatabricks({
    http: { endpoint: workspace.url, tokens: tokens(scopes.databricks), signal },
    folder: objects.find(({ kind }) => kind === "folder")?.name ?? "",
    owner: { project: "olist", environment: "prod" },
  }),
  createSynapse({
    server: "127.0.0.1",
    port: pool.port,
    database: objects.find(({ kind }) => kind === "database")?.name ?? "",
    owner: { project: "olist", environment: "prod" },
    tokens: tokens(scopes.sql),
    signal,
  }),
];

function bodies(read: readonly Pick<ActualObject, "service" | "kind" | "name" | "body">[]) {
  return Object.fromEntries(read.map((object) => [keyOf(object), object.body]));
}

it.each(clients.map((client): [ServiceId, ServiceClient] => [client.service, client]))(
  "the example is in %s as the program wants it once it is written, also the second time",
  async (service, client) => {
    const wanted = objects.filter((object) => object.service === service);
    expect(await client.read(wanted)).toEqual([]);
    for (const _ of ["first", "second"]) {
      for (const object of wanted) await client.write(object);
      expect(bodies(await client.read(wanted))).toEqual(bodies(wanted));
    }
    const ours = (await client.read([])).filter(({ project }) => project === "olist");
    expect(ours.length).toBeGreaterThan(0);
    for (const { kind, name } of ours.toReversed()) await client.remove({ service, kind, name });
    expect((await client.read([])).filter(({ project }) => project !== undefined)).toEqual([]);
  },
);
