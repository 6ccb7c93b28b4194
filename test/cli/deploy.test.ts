/** `plan` and `deploy` before any request to a service. */
import { expect, it } from "vitest";
import { EXIT } from "../../src/cli/command.ts";
import { announceIfSlow, createDeployProgress, createWaitReporter } from "../../src/cli/deploy-progress.ts";
import { createTestIo, medalc, temporaryFolder } from "../support/io.ts";

it("options without an effect are rejected", async () => {
  const refusals = {
    "deploy plan.json --env prod": "'-e, --env <name>' cannot be used with a saved plan",
    "deploy plan.json --resume": "'--resume' cannot be used with a saved plan",
    "deploy --resume --select gold.orders": "'--resume' cannot be used with option '-s, --select <selector>'",
    "deploy --rollback --adopt adf/pipeline/pl_olist": "'--rollback' cannot be used with option '--adopt <object>'",
    "deploy --resume --rollback": "'--resume' cannot be used with option '--rollback'",
    "plan --out plan.txt": "Expected a file whose name ends in .json.",
  };
  for (const [line, message] of Object.entries(refusals)) {
    expect(await medalc(line), line).toMatchObject({ code: EXIT.usage, err: expect.stringContaining(message) });
  }
});

it("a missing plan file is not a plan", async () => {
  const { code, err } = await medalc("deploy plan.json --yes");
  expect(code).toBe(EXIT.errors);
  expect(err).toContain("error unknown-path");
  const folder = temporaryFolder({ "plan.json": "{}" });
  expect((await medalc("deploy plan.json --yes", { folder })).err).toContain("error plan-unreadable");
});

it("each finished step is a line", () => {
  const io = createTestIo();
  const tell = createDeployProgress(2, io.stderr);
  const step = { id: "add adf/pipeline/pl_olist", action: "add", key: "adf/pipeline/pl_olist", after: [] } as const;
  tell({ kind: "begun", step });
  tell({ kind: "ended", step, isDone: true, count: 1 });
  tell({ kind: "ended", step, isDone: false, count: 2 });
  expect(io.err()).toMatch(/^1\/2 add pipeline pl_olist, \d+\.\d s\n2\/2 FAILED add pipeline pl_olist, .* s\n$/);
});

it("the same short wait is reported once, a long one each time", () => {
  const io = createTestIo();
  const tell = createWaitReporter(io.stderr);
  for (const milliseconds of [100, 1000, 1000, 2000]) tell("stop the trigger", milliseconds);
  tell("list the jobs", 1000);
  tell("list the jobs", 30_000);
  expect(io.err()).toBe(
    "waiting 1.0 s to stop the trigger\nwaiting 1.0 s to list the jobs\nwaiting 30 s to list the jobs\n",
  );
});

it("reports what it waits for if it takes longer than a moment", async () => {
  const io = createTestIo();
  expect(await announceIfSlow("asking", io.stderr, async () => 1)).toBe(1);
  expect(io.err()).toBe("");
  await announceIfSlow("asking", io.stderr, () => new Promise((done) => setTimeout(done, 1100)));
  expect(io.err()).toBe("asking\n");
});
