import { splitBaseUrl, urlPath } from "../../shared/file-url.ts";
import { required } from "../settings.ts";
import { expression, type Reading, read, text } from "../value.ts";
import { type Connector, pathOf } from "./connector.ts";

/** Data Factory puts a relative URL right behind the base URL, so that ends with a slash and has no query. */
const folder: Reading = {
  name: "folder",
  of(baseUrl) {
    const base = splitBaseUrl(baseUrl);
    return "problem" in base ? baseUrl : base.folder;
  },
};

const query: Reading = {
  name: "query",
  of(baseUrl) {
    const base = splitBaseUrl(baseUrl);
    return "problem" in base ? "" : base.query;
  },
};

/** Files over HTTP, copied byte for byte. */
export const http: Connector = {
  linkedService: (source) => ({
    type: "HttpServer",
    typeProperties: {
      url: text`${read(required(source, "base_url"), folder)}`,
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
  item: (bronze, source) => {
    const path = { kind: "text", value: urlPath(pathOf(bronze)) } as const;
    return { relativeUrl: text`${path}${read(required(source, "base_url"), query)}` };
  },
  copy: (item) => ({
    source: {
      type: "BinarySource",
      storeSettings: { type: "HttpReadSettings", requestMethod: "GET", requestTimeout: "00:10:00" },
      formatSettings: { type: "BinaryReadSettings" },
    },
    input: { relativeUrl: expression(`@${item}.relativeUrl`) },
    sink: "bytes",
  }),
};
