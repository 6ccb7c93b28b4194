import { expect, it } from "vitest";
import { sharedPath } from "../../support/judges.ts";
import { exampleContext, exampleProgram } from "../support/compile.ts";
import { strictProblems, templateProblems } from "./judges.ts";
import { runOrder, structureProblems } from "./structure.ts";
import { emitted, fileNamed, type GitObject, gitObjects } from "./support.ts";

const files = emitted(exampleProgram(), exampleContext);
const objects = gitObjects(files);

/** The objects with a piece of one's text replaced. */
function spoilt(name: string, from: string, to: string): readonly GitObject[] {
  return objects.map((object) => {
    if (object.name !== name) return object;
    const text = JSON.stringify(object);
    if (!text.includes(from)) throw new Error(`${name} has no ${from}`);
    return JSON.parse(text.replace(from, to));
  });
}

it.runIf(sharedPath("schemas/adf")).each([
  [
    "an unknown property",
    "ls_lake",
    '"url"',
    '"uri"',
    "ls_lake: Microsoft.DataFactory/factories/linkedservices.properties.typeProperties.uri is unknown",
  ],
  [
    "an unknown kind",
    "ls_erp",
    '"PostgreSqlV2"',
    '"PostgresV2"',
    'ls_erp: Microsoft.DataFactory/factories/linkedservices.properties.type is "PostgresV2"',
  ],
  [
    "a number out of range",
    "pl_ingest_erp",
    '"retryIntervalInSeconds":60',
    '"retryIntervalInSeconds":5',
    "pl_ingest_erp: Microsoft.DataFactory/factories/pipelines.properties.activities[0].typeProperties.activities[0].policy.retryIntervalInSeconds is 5",
  ],
  [
    "settings of the wrong store",
    "pl_ingest_erp",
    '"AzureBlobFSWriteSettings"',
    '"AzureBlobFSWriteSetting"',
    'pl_ingest_erp: Microsoft.DataFactory/factories/pipelines.properties.activities[0].typeProperties.activities[0].typeProperties.sink.storeSettings.type is "AzureBlobFSWriteSetting"',
  ],
])("the strict judge refuses %s", (_, name, from, to, problem) => {
  expect(spoilt(name, from, to).flatMap(strictProblems)).toContain(problem);
});

it.runIf(sharedPath("schemas/arm"))(
  "the judge of templates refuses a resource of no known type and a parameter of none",
  () => {
    const text = fileNamed(files, "adf/arm/template.json");
    expect(templateProblems(JSON.parse(text.replace('"AzureBlobFS"', '"AzureBlobFS2"')))).not.toEqual([]);
    expect(templateProblems(JSON.parse(text.replace('"type": "string"', '"type": "text"')))).not.toEqual([]);
  },
);

it.each([
  [
    "a reference to nothing",
    "ds_lake_files",
    "ls_lake",
    "ls_lace",
    "ds_lake_files refers to linkedService/ls_lace, which is not there",
  ],
  [
    "a parameter that is not there",
    "pl_ingest_erp",
    '"folder":{',
    '"place":{',
    "pl_ingest_erp refers to dataset/ds_lake_lines: parameter place is not there",
  ],
  [
    "a parameter that is not given",
    "pl_ingest_erp",
    '"folder":{',
    '"place":{',
    "pl_ingest_erp refers to dataset/ds_lake_lines: parameter folder is not given",
  ],
  [
    "an unknown parameter in an expression",
    "pl_ingest_erp",
    "parameters.tables",
    "parameters.table",
    "pl_ingest_erp: pipeline().parameters.table unknown",
  ],
  ["a name that another object has", "ls_lake", '"ls_lake"', '"LS_SYNAPSE"', "linkedservice/ls_synapse twice"],
])("the judge of structure refuses %s", (_, name, from, to, problem) => {
  expect(structureProblems(spoilt(name, from, to))).toContain(problem);
});

it("the judge of order sees what does not wait", () => {
  const hasty = spoilt("pl_olist", '{"activity":"ingest_erp","dependencyConditions":["Succeeded"]},', "");
  expect(runOrder(objects, "pl_olist").before("tables")).toContain("bronze.payments");
  expect(runOrder(hasty, "pl_olist").before("tables")).not.toContain("bronze.payments");
});
