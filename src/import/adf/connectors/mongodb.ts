import { isGiven } from "../copies.ts";
import { settingOf } from "../drafts.ts";
import { get } from "../json.ts";
import { assumed } from "../notices.ts";
import { textOf } from "../value.ts";
import type { Connector } from "./connector.ts";

/** Collections of a MongoDB-compatible database. */
export const mongodb: Connector = {
  kind: "mongodb",
  reads: ["connectionString", "database", "driverVersion", "isServerVersionAbove32"],
  source: ({ service }, secrets) => {
    const uri = secrets(service, "connectionString");
    return {
      settings: [
        { name: "uri", value: uri.value },
        { name: "database", value: settingOf(service.value("database")) },
      ],
      notices: uri.notices,
    };
  },
  table: ({ dataset }, { activity }) => {
    const property = ["collection", "collectionName"].find(
      (each) => get(dataset.node, "typeProperties", each).value !== undefined,
    );
    const collection = dataset.value(property ?? "collection");
    const name = textOf(collection);
    if (name === undefined || name === "") {
      return `its collection: ${collection.kind === "unknown" ? collection.why : "it has no name"}`;
    }
    const source = get(activity, "typeProperties", "source");
    const parts = [get(source, "filter"), get(source, "query"), get(source, "cursorMethods")].filter(isGiven);
    return {
      object: { kind: "collection", text: name },
      notices: parts.map((each) => assumed(each, "it reads only some of the documents; a program reads all of them")),
    };
  },
};
