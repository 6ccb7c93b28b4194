import { expect, it } from "vitest";
import { withJobIds, withJobKeys } from "../../src/deploy/job-ids.ts";
import type { Json } from "../../src/deploy/object.ts";
import type { ServiceClient } from "../../src/deploy/service.ts";
import { byKey, deployed, exampleObjects } from "./support.ts";

const objects = exampleObjects();
const PIPELINE = "adf/pipeline/pl_olist";
const JOB = "databricks/job/[prod] olist";
const pipeline = byKey(objects, PIPELINE);

function jobIdIn(body: Json): string | undefined {
  return /"jobId":"([^"]*)"/.exec(JSON.stringify(body))?.[1];
}

function workspace(ids: Readonly<Record<string, string>>): ServiceClient {
  return {
    service: "databricks",
    idOf: async ({ name }) => ids[name],
    read: async () => [],
    write: async () => undefined,
    remove: async () => undefined,
  };
}

it("sends the ID of the deployed job, and reads it back as the job's name", async () => {
  const sent = await withJobIds(pipeline, workspace({ "[prod] olist": "4711" }));
  expect(jobIdIn(sent.body)).toBe("4711");
  const actual = deployed([{ ...pipeline, body: sent.body }, byKey(objects, JOB)]).map((each) =>
    each.kind === "job" ? { ...each, id: "4711" } : { ...each, needs: [] },
  );
  const read = byKey(withJobKeys(actual), PIPELINE);
  expect(read.body).toEqual(pipeline.body);
  expect(read.needs).toContain(JOB);
});

it("keeps the ID of another job, so that a plan shows it", () => {
  const body = JSON.parse(JSON.stringify(pipeline.body).replace(JOB, "666"));
  const actual = deployed([{ ...pipeline, body }, byKey(objects, JOB)]).map((each) =>
    each.kind === "job" ? { ...each, id: "4711" } : each,
  );
  expect(jobIdIn(byKey(withJobKeys(actual), PIPELINE).body)).toBe("666");
});

it("adf-job-missing: does not write a pipeline whose job does not exist", async () => {
  await expect(withJobIds(pipeline, workspace({}))).rejects.toMatchObject({
    diagnostics: [{ code: "adf-job-missing" }],
  });
});
