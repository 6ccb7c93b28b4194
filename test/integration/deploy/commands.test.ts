/** The commands as a user calls them, one after the other on one project. */
import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeEach, expect, it } from "vitest";
import { DATA_FACTORY_CONTRIBUTOR, READER } from "../../fakes/arm.ts";
import { root } from "../../support/paths.ts";
import { type Command, startCommand } from "./command.ts";
import { shop } from "./support.ts";

const command: Command = await startCommand();
const { cloud, folder, medalc, write } = command;
const CHANGED = shop({ gold: "total = sum(price), orders = count()" });
const CITIES = "notebook /medalc/shop/prod/files/notebooks/gold/cities";

beforeEach(() => cloud.faults.restart());
afterAll(() => command[Symbol.asyncDispose]());

/** Requests since the call before that write something. */
let told = 0;
function writes(): readonly string[] {
  const all = [...cloud.arm.log, ...cloud.workspace.log].filter(({ method }) => method !== "GET");
  const fresh = all.slice(told);
  told = all.length;
  return fresh.map(({ method, target }) => `${method} ${target}`);
}

const trigger = (): unknown => Object(cloud.factories.snapshot("shop-df"))["triggers/tr_shop_daily"];
/** Slow services are told of; nothing else is. */
const QUIET = expect.stringMatching(/^(Reading the current state of .*\n)?$/);
const REFUSED = {
  kind: "answer",
  answer: { status: 400, body: { error: { code: "BadRequest", message: "No." } } },
} as const;

it("doctor reports that all checks passed, or what to grant", async () => {
  expect(await medalc("doctor")).toMatchObject({ code: 0, out: expect.stringContaining("PASS   workspace http") });
  cloud.arm.allow(READER);
  const { code, out, err } = await medalc("doctor --env prod");
  cloud.arm.allow(DATA_FACTORY_CONTRIBUTOR);
  expect(code).toBe(1);
  expect(out).toContain("  FAIL   roles on shop-df: service-forbidden");
  expect(err).toContain("service-forbidden");
  expect(err).toMatch(/`az role assignment create --assignee-object-id [^`]* --role "Data Factory Contributor" [^`]*`/);
});

it("plans, does not prompt without a terminal, and applies the saved plan", async () => {
  const plan = await medalc("plan --out plan.json --detailed-exitcode");
  expect(plan.code).toBe(2);
  expect(plan.out).toMatch(/\nPlan: \d+ to add, 0 to change, 0 to destroy\.\n$/);
  expect(await medalc("deploy")).toMatchObject({ code: 64, err: expect.stringContaining("deploy-unconfirmed") });
  expect(await medalc("deploy --yes --dry-run")).toMatchObject({
    code: 0,
    err: expect.stringContaining("nothing was changed\n"),
  });
  expect(writes()).toEqual([]);

  expect(await medalc("deploy plan.json --yes")).toMatchObject({
    code: 0,
    out: expect.stringContaining("\nDone: "),
  });
  expect(trigger()).toMatchObject({ state: "Started" });
  expect(writes().length).toBeGreaterThan(5);
  expect(await medalc("plan --detailed-exitcode")).toMatchObject({ code: 0, err: QUIET });
  expect(await medalc("deploy --yes")).toMatchObject({
    code: 0,
    out: expect.stringContaining("No changes. prod is up to date."),
  });
  expect(writes()).toEqual([]);

  expect(await medalc("deploy plan.json --yes")).toMatchObject({ code: 1, err: expect.stringContaining("plan-moved") });
  expect(await medalc("deploy medal.json --yes")).toMatchObject({
    code: 1,
    err: expect.stringContaining("plan-unreadable"),
  });
  expect(writes()).toEqual([]);
});

it("plans for a read-only identity, and writes nothing", async () => {
  cloud.arm.allow(READER);
  write(CHANGED);
  const plan = await medalc("plan --detailed-exitcode");
  write(shop());
  cloud.arm.allow(DATA_FACTORY_CONTRIBUTOR);
  expect(plan).toMatchObject({ code: 2, out: expect.stringContaining(`  ~ ${CITIES}\n`) });
  expect(plan.out).toContain("    trigger tr_shop_daily stopped during the deployment\n");
  expect(writes()).toEqual([]);
});

it("prints the --json documents of docs/json.md", async () => {
  const text = readFileSync(`${root}/docs/json.md`, "utf8");
  const rowOf = (command: string): string => text.split("\n").find((line) => line.startsWith(`| \`${command}\``)) ?? "";
  for (const line of ["plan", "doctor", "deploy --dry-run", "destroy --dry-run"]) {
    const { version, command, diagnostics, ...answer } = JSON.parse((await medalc(`${line} --json`)).out);
    expect({ version, diagnostics }).toEqual({ version: 1, diagnostics: expect.any(Array) });
    const row = command === "plan" || command === "doctor" ? rowOf(command) : `${rowOf("plan")}${rowOf("deploy")}`;
    for (const field of Object.keys(answer)) expect(row, line).toContain(`\`${field}\``);
    for (const field of Object.keys(Object.assign({}, ...(answer.changes ?? []), ...(answer.checks ?? [])))) {
      expect(text).toContain(`\`${field}\``);
    }
  }
  expect(await medalc("destroy --json")).toMatchObject({ code: 64, out: expect.stringContaining('"applied": false') });
  expect(writes()).toEqual([]);
});

it("rejects contradictory options", async () => {
  const codes = {
    "plan --env local": "deploy-local",
    "deploy --resume --yes": "deployment-nothing-to-resume",
    "deploy --rollback --yes": "deployment-nothing-before",
    "plan --allow-destroy gold.cites": "plan-table-unknown",
    "plan --allow-destroy gold.cities": "plan-table-wanted",
    "plan --adopt adf/pipeline/pl_else": "plan-adopt-unknown",
  };
  for (const [line, code] of Object.entries(codes)) {
    expect(await medalc(line), line).toMatchObject({
      code: expect.toBeOneOf([1, 64]),
      err: expect.stringContaining(code),
    });
  }
  expect(writes()).toEqual([]);
});

it("deploys a change, resumes after an error, and rolls back", async () => {
  write(CHANGED);
  const plan = await medalc("plan");
  expect(plan.out).toContain(`  ~ ${CITIES}\n`);
  expect(plan.out).toContain("adds the column orders to gold.cities: existing rows get null until it is rebuilt");

  cloud.faults.on(/^POST .*workspace\/import/, REFUSED);
  const failed = await medalc("deploy --yes");
  expect(failed.code).toBe(4);
  expect(failed.err).toContain("service-refused");
  expect(failed.err).toContain(`failed:\n  change ${CITIES}\n`);
  expect(failed.err).toContain("`medalc deploy --resume` continues");
  expect(trigger()).toMatchObject({ state: "Started" });
  cloud.faults.restart();

  const after = await medalc("plan");
  expect(after.err).toContain("deployment-unfinished");
  expect(after.out).not.toContain("by hand");
  // What is finished is what was begun, whatever the program says by now.
  write(shop({ gold: "total = max(price)" }));
  expect(await medalc("deploy --resume --yes")).toMatchObject({ code: 0 });
  write(CHANGED);
  expect(await medalc("plan --detailed-exitcode")).toMatchObject({ code: 0, err: QUIET });
  expect(await medalc("deploy --resume --yes")).toMatchObject({ err: expect.stringContaining("nothing-to-resume") });

  const back = await medalc("deploy --rollback --yes");
  expect(back).toMatchObject({ code: 0, out: expect.stringContaining("rebuilds gold.cities (column orders removed)") });
  expect(back.out).toContain("Rows written by runs since then are kept");
  write(shop());
  expect(await medalc("plan --detailed-exitcode")).toMatchObject({ code: 0, err: QUIET });
});

it("repairs manual changes, and announces it", async () => {
  const { pipeline } = { pipeline: Object(cloud.factories.snapshot("shop-df"))["pipelines/pl_shop"] };
  cloud.factories.put("shop-df", "pipelines", "pl_shop", { ...Object(pipeline).properties, concurrency: 7 });
  const plan = await medalc("plan");
  expect(plan.out).toContain("  ! adf/pipeline/pl_shop was changed outside of deployments:");
  expect(await medalc("deploy --yes")).toMatchObject({ code: 0 });
  expect(trigger()).toMatchObject({ state: "Started" });
  expect(await medalc("plan --detailed-exitcode")).toMatchObject({ code: 0, err: QUIET });
});

it("reports and completes a deployment that was killed with a stopped trigger", async () => {
  write(shop().replace("06:00", "07:00"));
  const killed = await medalc("deploy --yes", (child) => {
    cloud.faults.on(/^PUT .*triggers/, { kind: "meanwhile", run: () => void child.kill("SIGKILL") });
  });
  expect(killed.code).toBeNull();
  cloud.faults.restart();
  expect(trigger()).toMatchObject({ state: "Stopped" });
  const locked = await medalc("deploy --resume --yes");
  expect(locked).toMatchObject({ code: 1, err: expect.stringContaining("deployment-locked") });
  expect((await medalc("plan")).err).toMatch(/deployment-unfinished: .*tr_shop_daily may be stopped/);
  await command.endLease();
  expect(await medalc("deploy --resume --yes")).toMatchObject({ code: 0 });
  expect(trigger()).toMatchObject({ state: "Started" });
  expect(await medalc("plan --detailed-exitcode")).toMatchObject({ code: 0, err: QUIET });
});

it("stops in a consistent state when it is interrupted", async () => {
  write(shop().replace("06:00", "08:00"));
  const stopped = await medalc("deploy --yes", (child) => {
    cloud.faults.on(/^POST .*triggers\/tr_shop_daily\/stop/, {
      kind: "meanwhile",
      run: () => void child.kill("SIGINT"),
    });
  });
  expect(stopped).toMatchObject({ code: 4, err: expect.stringContaining("deployment-stopped") });
  expect(stopped.err).toContain("restarted: adf/trigger/tr_shop_daily");
  expect(trigger()).toMatchObject({ state: "Started" });
  cloud.faults.restart();
  expect(await medalc("deploy --yes")).toMatchObject({
    code: 0,
    err: expect.stringContaining("deployment-unfinished"),
  });
});

it("reports triggers that it could not restart", async () => {
  write(shop().replace("06:00", "09:00"));
  cloud.faults.on(/^PUT .*triggers/, REFUSED);
  cloud.faults.on(/^POST .*triggers\/tr_shop_daily\/start/, REFUSED);
  const failed = await medalc("deploy --yes");
  expect(failed).toMatchObject({ code: 4, err: expect.stringContaining("deployment-triggers-still") });
  cloud.faults.restart();
  expect(await medalc("deploy --rollback --yes")).toMatchObject({ code: 0 });
  expect(trigger()).toMatchObject({ state: "Started" });
});

it("keeps a trigger stopped that was stopped manually, until told to start it", async () => {
  write(shop().replace("06:00", "08:00"));
  expect(await medalc("deploy --yes")).toMatchObject({ code: 0 });
  cloud.factories.setState("shop-df", "tr_shop_daily", "Stopped");
  const plan = await medalc("plan --detailed-exitcode");
  expect(plan).toMatchObject({ code: 0, out: expect.stringContaining("tr_shop_daily is stopped and stays stopped") });
  write(shop().replace("06:00", "10:00"));
  expect(await medalc("deploy --yes")).toMatchObject({ code: 0 });
  expect(trigger()).toMatchObject({ state: "Stopped" });
  expect(await medalc("deploy --yes --start-triggers")).toMatchObject({ code: 0 });
  expect(trigger()).toMatchObject({ state: "Started" });
  // And one that it holds itself runs again.
  write(shop().replace("06:00", "08:00"));
  expect(await medalc("deploy --yes")).toMatchObject({ code: 0 });
  expect(trigger()).toMatchObject({ state: "Started" });

  const said = readFileSync(`${folder}/medal.json`, "utf8");
  const { environments } = JSON.parse(said);
  const azure = { ...environments.prod.azure, triggers: "stopped" };
  writeFileSync(`${folder}/medal.json`, JSON.stringify({ environments: { prod: { azure } } }));
  expect(await medalc("deploy --yes")).toMatchObject({ code: 0 });
  expect(trigger()).toMatchObject({ state: "Stopped" });
  writeFileSync(`${folder}/medal.json`, said);
  expect(await medalc("deploy --yes --start-triggers")).toMatchObject({ code: 0 });
});

it("starts a new trigger that an interrupted deployment created", async () => {
  expect(await medalc("destroy --yes")).toMatchObject({ code: 0 });
  const killed = await medalc("deploy --yes", (child) => {
    cloud.faults.on(/^POST .*triggers\/tr_shop_daily\/start/, {
      kind: "meanwhile",
      run: () => void child.kill("SIGKILL"),
    });
  });
  expect(killed.code).toBeNull();
  cloud.faults.restart();
  await command.endLease();
  expect(await medalc("deploy --yes")).toMatchObject({ code: 0 });
  expect(trigger()).toMatchObject({ state: "Started" });
});

it("removes nothing that others put beside the project's objects, and names the folders that stay", async () => {
  const at = "/medalc/shop/prod/files/notebooks/gold";
  cloud.workspace.put(`${at}/experiment`, { language: "PYTHON", text: "print(1)\n" });
  cloud.workspace.put(`${at}/prices.csv`, "file");
  expect(await medalc("plan --detailed-exitcode")).toMatchObject({ code: 0 });
  const { code, out, err } = await medalc("destroy --yes");
  expect(code).toBe(0);
  expect(out).toContain(
    `objects of others in these folders:\n      databricks/file/${at}/prices.csv\n      databricks/notebook/${at}/exp`,
  );
  expect(out).not.toContain(`- notebook ${at}/experiment`);
  expect(err).toContain(
    `folders kept because they contain objects of others:\n  databricks/folder/${at.split("/files")[0]}\n`,
  );
  expect(cloud.workspace.at(`${at}/experiment`)).toContain("print(1)");
  expect(cloud.workspace.at(`${at}/cities`)).toBeUndefined();
  expect(await medalc("destroy --yes")).toMatchObject({ code: 0 });
  expect(await medalc("deploy --yes")).toMatchObject({ code: 0 });
  expect(cloud.workspace.at(`${at}/experiment`)).toContain("print(1)");
});

it("destroys the project's objects, and only rows that are named", async () => {
  write(shop().replace("06:00", "08:00"));
  const plan = await medalc("destroy --dry-run");
  expect(plan.out).toContain("  - pipeline pl_shop\n");
  expect(plan.out).toMatch(
    /\n {2}rows in the lake \(delete those of a table with `--allow-destroy TABLE`\):\n {6}.*gold\.cities/,
  );
  expect(await medalc("destroy --yes")).toMatchObject({ code: 0, out: expect.stringMatching(/, \d+ destroyed\.\n$/) });
  expect(Object.keys(cloud.factories.snapshot("shop-df"))).toEqual(["factory"]);
  expect(await medalc("destroy --yes")).toMatchObject({
    code: 0,
    out: expect.stringContaining("Plan: 0 to add, 0 to change, 0 to destroy."),
  });
  expect(await medalc("deploy --rollback --yes")).toMatchObject({ code: 0 });
  expect(await medalc("plan --detailed-exitcode")).toMatchObject({ code: 0 });
});

it("requires the location of the data factory", async () => {
  writeFileSync(`${folder}/medal.json`, JSON.stringify({ environments: { prod: {} } }));
  expect(await medalc("plan")).toMatchObject({ code: 1, err: expect.stringContaining("config-missing-azure") });
});
