import { required } from "../settings.ts";
import { expression, text } from "../value.ts";
import type { Connector } from "./connector.ts";
import { mongodbRange } from "./mongodb-range.ts";

/**
 * Collections of a MongoDB database, as JSON lines of their documents. The Atlas connector with the second driver is the
 * one that knows servers after 4.2, wherever they run.
 */
export const mongodb: Connector = {
  linkedService: (source, secrets) => ({
    type: "MongoDbAtlas",
    typeProperties: {
      connectionString: secrets(required(source, "uri")),
      database: text`${required(source, "database")}`,
      driverVersion: "v2",
    },
  }),
  dataset: {
    word: "collections",
    description: "A collection by its name.",
    type: "MongoDbAtlasCollection",
    parameters: ["collection"],
    typeProperties: { collection: expression("@dataset().collection") },
  },
  item: ({ name, object }) => {
    if (object.kind !== "collection") throw new Error(`bronze.${name} is no collection`);
    return { collection: object.collection };
  },
  copy: (item) => ({
    source: { type: "MongoDbAtlasSource", batchSize: 1000 },
    input: { collection: expression(`@${item}.collection`) },
    sink: "lines",
  }),
  range: mongodbRange,
};
