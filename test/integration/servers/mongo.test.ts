import { readFileSync } from "node:fs";
import { BSON, MongoClient } from "mongodb";
import { expect, it, onTestFinished } from "vitest";
import { root } from "../../support/paths.ts";
import { loadCollection, startMongo } from "../../support/servers/mongo.ts";

const COLLECTION = "product_category_translation";
const DOCUMENTS = `${root}/examples/data/sample/catalog/${COLLECTION}.jsonl`;

it("returns a collection as it was generated", async () => {
  const server = await startMongo();
  onTestFinished(() => server.stop());
  await loadCollection(server, COLLECTION, DOCUMENTS);
  const client = await MongoClient.connect(server.uri);
  const documents = await client.db(server.database).collection(COLLECTION).find().toArray();
  const lines = documents.map((document) => BSON.EJSON.stringify(document, { relaxed: true }));
  expect(lines.sort()).toEqual(readFileSync(DOCUMENTS, "utf8").trimEnd().split("\n").sort());
  await client.close();
});

it("no longer runs after it was stopped", async () => {
  const server = await startMongo();
  await server.stop();
  await expect(MongoClient.connect(server.uri, { serverSelectionTimeoutMS: 300 })).rejects.toThrow("ECONNREFUSED");
});
