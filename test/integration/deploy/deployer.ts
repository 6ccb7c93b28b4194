/** A deployer in a process of its own, to be killed: carries out the plan of a file with the tokens that stand in it. */
import { readFileSync } from "node:fs";
import { StorageSharedKeyCredential } from "@azure/storage-blob";
import { templatesAsText } from "../../support/templates.ts";

templatesAsText();
const { deploy } = await import("../../../src/deploy/deployment.ts");
const { connectStack } = await import("../../../src/deploy/stack.ts");

const { place, plan, kind, tokens, account, key } = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8"));
const expiresOnTimestamp = Date.now() + 3_600_000;
const stack = connectStack({
  ...{ place, owner: { project: plan.project, environment: plan.environment } },
  credential: { getToken: async (scope) => ({ token: tokens[String(scope)] ?? "", expiresOnTimestamp }) },
  storageCredential: new StorageSharedKeyCredential(account, key),
  signal: new AbortController().signal,
  pause: 1,
});
const holder = { identity: "ada", host: "build-7", process: process.pid, since: "2026-11-23T08:14:59.000Z" };
const report = await deploy({ stack, plan, kind, holder, stop: new AbortController().signal });
process.stdout.write(`${JSON.stringify(report.isDone)}\n`);
