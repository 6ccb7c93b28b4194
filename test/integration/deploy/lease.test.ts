import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, it, vi } from "vitest";
import { takeLease } from "../../../src/deploy/lease.ts";
import { createRecords } from "../../../src/deploy/services/records.ts";
import { problemOf, startLake } from "../../deploy/services/lake.ts";
import type { Fault, LoggedRequest } from "../../fakes/http.ts";
import { root } from "../../support/paths.ts";

const lake = await startLake();
const ada = { identity: "ada@shop.example", host: "build-7", process: 4711, since: "2026-11-23T08:14:59Z" };
const grace = { ...ada, identity: "grace@shop.example", process: 4712 };

afterEach(() => {
  vi.useRealTimers();
  lake.faults.restart();
});

/** What time it is, for `Date.now` alone: timers go on as they do. */
function stopClock(): void {
  vi.useFakeTimers({ toFake: ["Date"] });
}

function failAll(fault: Fault): void {
  lake.faults.restart();
  for (let k = 1; k <= 100; k++) lake.faults.at(k, fault);
}

it("rejects a second deployer, and names the first", async () => {
  const records = await lake.records();
  const lease = await takeLease(records, ada);
  const { code, message, hint } = await problemOf(takeLease(records, grace));
  expect(code).toBe("deployment-locked");
  expect(message).toBe(
    "another deployment of olist is in progress: ada@shop.example on build-7 (process 4711), since 2026-11-23T08:14:59Z",
  );
  expect(hint).toContain("Wait until it has finished");

  await lease.confirm();
  await lease.release();
  const second = await takeLease(records, grace);
  expect((await problemOf(takeLease(records, ada))).message).toContain("grace@shop.example");
  await second.release();
});

it("lets two projects and two environments deploy concurrently", async () => {
  const container = lake.connect();
  const lease = await takeLease(await lake.recordsIn(container), ada);
  await (
    await takeLease(createRecords({ ...container, owner: { project: "shop", environment: "prod" } }), ada)
  ).release();
  const dev = { project: "olist", environment: "dev" };
  await (await takeLease(createRecords({ ...container, owner: dev }), ada)).release();
  await lease.release();
});

it("sends no more requests than necessary", async () => {
  const records = await lake.records();
  const lease = await takeLease(records, ada);
  const { length } = lake.storage.log;
  for (let step = 0; step < 50; step++) await lease.confirm();
  expect(lake.storage.log).toHaveLength(length);
  stopClock();
  vi.setSystemTime(Date.now() + 31_000);
  await Promise.all([lease.confirm(), lease.confirm()]);
  await lease.confirm();
  expect(lake.storage.log.slice(length).map(({ target }) => target)).toHaveLength(1);
  // A clock that is set back says nothing about how old the lease is.
  vi.setSystemTime(Date.now() - 3_600_000);
  await lease.confirm();
  expect(lake.storage.log).toHaveLength(length + 2);
  await lease.release();
});

it("continues after the machine slept if nobody else started, and stops otherwise", async () => {
  const container = lake.connect();
  const records = await lake.recordsIn(container);
  const lease = await takeLease(records, ada);
  stopClock();
  vi.setSystemTime(Date.now() + 600_000);
  await lease.confirm();

  await container.client.getBlobClient("olist/prod/lease").getBlobLeaseClient().breakLease(0);
  const other = await takeLease(records, grace);
  vi.setSystemTime(Date.now() + 600_000);
  const { code, message } = await problemOf(lease.confirm());
  expect(code).toBe("deployment-lease-lost");
  expect(message).toContain("somebody else has acquired or broken it");
  // For good, and the other one's lease is left alone.
  expect((await problemOf(lease.confirm())).code).toBe("deployment-lease-lost");
  await lease.release();
  expect((await problemOf(takeLease(records, ada))).code).toBe("deployment-locked");
  await other.release();
});

it.each<[string, Fault]>([
  ["answers with errors", { kind: "answer", answer: { status: 500 } }],
  ["is out of reach", { kind: "reset" }],
])("stops before the next step when the lake %s for too long", async (_, fault) => {
  const records = await lake.records();
  const lease = await takeLease(records, ada);
  failAll(fault);
  await lease.confirm();
  stopClock();
  vi.setSystemTime(Date.now() + 31_000);
  expect((await problemOf(lease.confirm())).code).toBe("deployment-lease-lost");
  // Releasing it does not fail what else is to be done at the end.
  await lease.release();
});

it("acquires a lease if the first response is lost", async () => {
  const records = await lake.records();
  lake.faults.at(2, { kind: "lost" });
  const lease = await takeLease(records, ada);
  await lease.confirm();
  await lease.release();
});

it("is available soon after its deployer was killed, and not before", { timeout: 40_000 }, async () => {
  const container = lake.connect();
  const records = await lake.recordsIn(container);
  const { url, credential, key } = lake.storage;
  const script = `${root}/test/integration/deploy/lease-holder.ts`;
  const where = [url, container.client.containerName, credential.accountName, key];
  const child = spawn(process.execPath, [script, ...where], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  const taken = performance.now();
  const isRenewal = ({ method, target, status }: LoggedRequest): boolean =>
    method === "PUT" &&
    target.includes(container.client.containerName) &&
    target.includes("comp=lease") &&
    status === 200;
  await expect.poll(() => lake.storage.log.some(isRenewal), { timeout: 10_000 }).toBe(true);
  const { message } = await problemOf(takeLease(records, grace));
  expect(message).toContain(`ada@shop.example on build-7 (process ${child.pid})`);

  child.kill("SIGKILL");
  await once(child, "exit");
  expect((await problemOf(takeLease(records, grace))).code).toBe("deployment-locked");
  for (let waited = 0; ; waited++) {
    const lease = await takeLease(records, grace, { seconds: 15 }).catch(() => undefined);
    await lease?.release();
    if (lease !== undefined) break;
    expect(waited).toBeLessThan(17);
    await sleep(1000);
  }
  // Longer than it was taken for.
  expect(performance.now() - taken).toBeGreaterThan(17_000);
});
