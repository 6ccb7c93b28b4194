import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import pg from "pg";
import { expect, it, onTestFinished } from "vitest";
import { root } from "../../support/paths.ts";
import { loadPayments, startPostgres } from "../../support/servers/postgres.ts";

const PAYMENTS = `${root}/examples/data/sample/erp/public.order_payments.jsonl`;

it("contains the payments in their own types, for a read-only user", async () => {
  const server = await startPostgres();
  onTestFinished(() => server.stop());
  await loadPayments(server, PAYMENTS);
  const { host, port, database, user, password } = server;
  const client = new pg.Client({ host, port, database, user, password });
  await client.connect();
  const texts = await client.query(`
    SELECT order_id::text, payment_sequential::text, payment_type::text, payment_installments::text, payment_value::text
    FROM public.order_payments`);
  const generated = readFileSync(PAYMENTS, "utf8").trimEnd().split("\n");
  expect(texts.rows.map((row) => JSON.stringify(row)).sort()).toEqual(generated.sort());
  const types = await client.query(`
    SELECT data_type FROM information_schema.columns WHERE table_name = 'order_payments' ORDER BY ordinal_position`);
  expect(types.rows.map((row) => row.data_type)).toEqual([
    "text",
    "integer",
    "character varying",
    "integer",
    "numeric",
  ]);
  await expect(client.query("DELETE FROM public.order_payments")).rejects.toThrow("permission denied");
  await client.end();
});

it("no longer runs after it was stopped", async () => {
  const server = await startPostgres();
  await server.stop();
  await expect(server.admin()).rejects.toThrow("ECONNREFUSED");
});

it("ends and removes its folder after its parent process was killed", async () => {
  const script = `
    import { startPostgres } from "./test/support/servers/postgres.ts";
    const server = await startPostgres();
    const client = await server.admin();
    const { rows } = await client.query("SHOW data_directory");
    console.log(JSON.stringify({ port: server.port, data: rows[0].data_directory }));
    setInterval(() => undefined, 1000);`;
  const owner = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const line = await new Promise<string>((resolve) => createInterface({ input: owner.stdout }).once("line", resolve));
  const { port, data }: { readonly port: number; readonly data: string } = JSON.parse(line);
  expect(existsSync(data)).toBe(true);
  owner.kill("SIGKILL");
  await expect.poll(() => existsSync(data), { timeout: 15_000 }).toBe(false);
  const client = new pg.Client({ host: "127.0.0.1", port, user: "postgres", password: "", database: "postgres" });
  await expect(client.connect()).rejects.toThrow("ECONNREFUSED");
});
