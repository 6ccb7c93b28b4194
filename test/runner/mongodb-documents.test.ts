/** Documents as the driver gives them, written as a collection's load and read by typed columns. */
import { BSON } from "mongodb";
import { expect, it, onTestFinished } from "vitest";
import { relaxedJson } from "../../src/runner/extract/mongodb.ts";
import { createProject, resultOf } from "./project.ts";

const ID = "5a72637f4f0c3b2a1c9d8e7f";

it("reads the types of BSON as those of the columns, from the file that a local run writes", async () => {
  const documents = [
    {
      _id: new BSON.ObjectId(ID),
      at: new Date(-1),
      day: new Date("1969-07-20"),
      price: BSON.Decimal128.fromString("1.50"),
      n: BSON.Long.MAX_VALUE,
      x: new BSON.Double(2),
      tags: ["a", new BSON.ObjectId(ID)],
    },
    // Other types in the same fields, and fields that are missing.
    { _id: "2", at: "2018-01-31T23:59:59Z", price: 2.5, n: new BSON.Int32(3), x: BSON.Decimal128.fromString("-0.5") },
    { _id: 3, at: new Date("2018-01-31T12:00:00Z"), price: BSON.Long.fromString("4"), n: null },
  ];
  const project = await createProject(
    `bronze docs from files.json("docs.jsonl") {
      _id: string, at: timestamp, day: date?, price: decimal(10,2), n: long?, x: double?, tags: string?
    }
    silver docs { from bronze.docs }`,
    { "docs.jsonl": documents.map((document) => `${relaxedJson(document)}\n`).join("") },
  );
  onTestFinished(() => project.remove());
  expect(resultOf(await project.run(), "silver.docs").state).toBe("ok");
  expect(await project.rows("silver.docs")).toEqual([
    ["2", "2018-01-31 23:59:59+00", null, "2.50", "3", "-0.5", null],
    ["3", "2018-01-31 12:00:00+00", null, "4.00", null, null, null],
    [
      ...[ID, "1969-12-31 23:59:59.999+00", "1969-07-20", "1.50", "9223372036854775807", "2.0"],
      `["a",{"$oid":"${ID}"}]`,
    ],
  ]);
  expect(await project.rows("quarantine.silver.docs")).toEqual([]);
});
