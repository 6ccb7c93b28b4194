/** Whatever a program calls its things: it stays a name, in addresses, headers, statements and commands. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { afterAll, expect, it } from "vitest";
import { emitAll } from "../../../src/codegen/emit.ts";
import { desiredObjects } from "../../../src/deploy/desired/objects.ts";
import { shellWord } from "../../../src/deploy/services/service-errors.ts";
import { connectStack } from "../../../src/deploy/stack.ts";
import { tableFacts } from "../../../src/deploy/table-facts.ts";
import { planTarget } from "../../../src/deploy/target.ts";
import { contextOf, programOf } from "../../codegen/support/compile.ts";
import { startCloud } from "../../fakes/cloud.ts";
import { placeIn } from "./support.ts";
import { bringAbout } from "./world.ts";

const cloud = await startCloud();
afterAll(() => cloud[Symbol.asyncDispose]());

/** A word that no text of ours has: outside of quotes it would be code. */
const CODE = "PWNED";
const NAMES = [
  `x'; DROP ${CODE} --`,
  `]; EXEC ${CODE} [`,
  `$(touch ${CODE}); \`\`${CODE}\`\` "${CODE}"`,
  `../../${CODE}/%2F..%2f?a=${CODE}#&b`,
  `\u202e😀 ${CODE} \u200f{{x}}@{y}`,
];

function name(text: string): string {
  return `\`${text}\``;
}

function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}

function program(h: string, at: number): string {
  return `
/// ${h}
project ${name(h)} {
  lake     = adls { account: "shoplake", container: "hostile-${at}" }
  ingest   = datafactory { name: "hostile-${at}" }
  compute  = databricks {
    workspace: "https://adb-1234567890123456.7.azuredatabricks.net"
    resource_id: ${quoted(`/subscriptions/${h}`)}
    runtime: "17.3 LTS"
    node: "Standard_D4ds_v5"
  }
  serve    = synapse { workspace: "shop-syn", database: ${quoted(h)} }
  schedule = daily at "06:00" in "UTC"
}

/// ${h}
source files = http { base_url: ${quoted(`https://files.example.com/${h}\n${CODE}/`)} }

bronze orders from files.csv(${quoted(`orders${h.replace(/[/?#%.*{}]/gu, "")}.csv`)}) { order_id: string }

/// ${h}
silver orders { from bronze.orders  key order_id }
silver ${name(`s${h.replace(/[^\w'$&+-]/gu, "")}`)} { from bronze.orders }
/// ${h}
gold cities { from silver.orders  derive { ${name(`c${h.replace(/[\s{}(),;=]/gu, "")}`)} = order_id } }
`;
}

/** A statement without what stands between quotes and in comments. */
function code(statement: string): string {
  return statement.replace(/N?'(?:[^']|'')*'|\[(?:[^\]]|\]\])*\]|--[^\n]*/g, " ");
}

it.each(NAMES.map((each, at) => [each, at] as const))("deploys, reads back and destroys %s", async (h, at) => {
  const checked = programOf(program(h, at));
  const context = contextOf({});
  const emitted = emitAll(checked, context);
  expect(emitted.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  const objects = desiredObjects(checked, context.environment, emitted.files);
  const stack = connectStack({
    ...{ place: placeIn(cloud, objects), owner: { project: checked.name, environment: "prod" } },
    credential: cloud.entra.credential,
    ...{ storageCredential: cloud.storage.credential, signal: new AbortController().signal, pause: 1 },
  });
  const scope = { project: checked.name, environment: "prod", adopt: [], destroy: [] };
  const wanted = { ...scope, objects, tables: tableFacts(checked) };
  const from = [cloud.storage, cloud.arm, cloud.workspace].map(({ log }) => log.length);
  const statements = cloud.pool.log.length;

  expect((await bringAbout(stack, { wanted, kind: "deploy" })).isDone).toBe(true);
  expect((await planTarget(stack, wanted)).plan.steps).toEqual([]);
  const nothing = { ...scope, objects: [], tables: [] };
  expect((await bringAbout(stack, { wanted: nothing, kind: "destroy" })).isDone).toBe(true);

  const targets = [cloud.storage, cloud.arm, cloud.workspace].flatMap(({ log }, index) => log.slice(from[index]));
  for (const { target } of targets) {
    expect(target).toMatch(/^[\w/?&=%.~!*'()+$:-]+$/);
    expect(target.split("?")[0]?.split("/")).not.toContain("..");
    expect(target.split("?")).toHaveLength(target.includes("?") ? 2 : 1);
  }
  expect(cloud.pool.log.slice(statements).join("\n")).toContain(CODE);
  for (const each of cloud.pool.log.slice(statements)) {
    // The database before each batch, and logins, are the log's own words.
    const own = [`${h}: `, "master: ", "login "].find((start) => each.startsWith(start)) ?? "";
    const statement = own === "login " ? "" : each.slice(own.length);
    expect(code(statement), each).not.toContain(CODE);
  }
});

it("rejects names that are invalid for their service", async () => {
  for (const h of NAMES) {
    const place = cloud.place({ container: "hostile", factory: h, folder: "/Shared/x", database: "x" });
    const connect = (): unknown =>
      connectStack({
        ...{ place, owner: { project: "x", environment: "prod" }, credential: cloud.entra.credential },
        ...{ storageCredential: cloud.storage.credential, signal: new AbortController().signal },
      });
    expect(connect).toThrow(/is not a valid name for a data factory/);
  }
});

/** What a shell makes of a command: the words that its program gets. */
function words(command: string): readonly string[] {
  const script = `az() { printf '%s\\0' az "$@"; }; databricks() { printf '%s\\0' databricks "$@"; }; ${command}`;
  const out = execFileSync("/bin/sh", ["-c", script], { encoding: "utf8" });
  return out.split("\0").slice(0, -1);
}

it("prints commands in which each name is one word", async () => {
  for (const h of [...NAMES, "o'brien@shop.example", "line\nbreak", "back\\slash", "a b"]) {
    expect(words(`az x ${shellWord(h)} y`)).toEqual(["az", "x", h, "y"]);
  }
  const body = { number: 229, message: "No.", error: { code: "AuthorizationFailed", message: "No." } };
  cloud.faults.on(/./, { kind: "answer", answer: { status: 403, body } });
  const claims = { oid: NAMES[2], upn: NAMES[0], idtyp: "user", aud: "x" };
  const token = [{ alg: "none" }, claims, ""].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
  const stack = connectStack({
    place: cloud.place({ container: "hostile-0", factory: "hostile-0", folder: "/Shared/x", database: NAMES[1] ?? "" }),
    owner: { project: "x", environment: "prod" },
    credential: { getToken: async () => ({ token: token.join("."), expiresOnTimestamp: Date.now() + 3_600_000 }) },
    storageCredential: cloud.storage.credential,
    signal: new AbortController().signal,
    pause: 1,
  });
  for (const service of ["storage", "adf", "databricks", "synapse"] as const) {
    const checks = await stack.check(service);
    const hints = checks.flatMap((each) => (each.kind === "wrong" ? each.problems.map(({ hint }) => hint ?? "") : []));
    const [, command = ""] = / to run: `([\s\S]*)`\.$/.exec(hints.join("\n")) ?? [];
    // Of Synapse it is a statement.
    if (command.startsWith("USE ")) expect(code(command), command).not.toContain(CODE);
    else expect(words(command).length, `${service}: ${hints}`).toBeGreaterThan(4);
  }
  cloud.faults.restart();
  expect(existsSync(CODE)).toBe(false);
});
