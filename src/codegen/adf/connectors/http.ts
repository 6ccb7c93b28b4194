import { required } from "../settings.ts";
import { expression, text } from "../value.ts";
import { type Connector, pathOf } from "./connector.ts";

/** Files over HTTP, copied byte for byte. */
export const http: Connector = {
  linkedService: (source) => ({
    type: "HttpServer",
    typeProperties: {
      url: text`${required(source, "base_url")}`,
      enableServerCertificateValidation: true,
      authenticationType: "Anonymous",
    },
  }),
  dataset: {
    word: "files",
    description: "A file by its URL relative to the base URL.",
    type: "Binary",
    parameters: ["relativeUrl"],
    typeProperties: { location: { type: "HttpServerLocation", relativeUrl: expression("@dataset().relativeUrl") } },
  },
  item: (bronze) => ({ relativeUrl: pathOf(bronze) }),
  copy: {
    source: {
      type: "BinarySource",
      storeSettings: { type: "HttpReadSettings", requestMethod: "GET", requestTimeout: "00:10:00" },
      formatSettings: { type: "BinaryReadSettings" },
    },
    input: { relativeUrl: expression("@item().relativeUrl") },
    sink: "bytes",
  },
};
