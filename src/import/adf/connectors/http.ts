import { sourceKinds } from "../../../semantics/settings.ts";
import { settingOf } from "../drafts.ts";
import { get, text } from "../json.ts";
import { assumed, type Notice, notImported } from "../notices.ts";
import type { Reached } from "../references.ts";
import { textOf, type Value } from "../value.ts";
import type { Connector } from "./connector.ts";
import { fileTable, joined } from "./files.ts";

function isHttpAddress(text: string): boolean {
  return sourceKinds.http.settings.base_url?.rule?.accepts(text) ?? true;
}

/** Files by URL. */
export const http: Connector = {
  kind: "http",
  reads: ["url", "enableServerCertificateValidation", "authenticationType"],
  source: (reached) => {
    const { service } = reached;
    const { base } = addressOf(reached);
    const url = service.value("url");
    const address: Value = base === undefined ? url : { ...url, kind: "known", value: base };
    const isAddress = address.kind !== "known" || typeof address.value !== "string" || isHttpAddress(address.value);
    const value = settingOf(isAddress ? address : { ...url, kind: "unknown", why: "it is not an HTTP URL" });
    return { settings: [{ name: "base_url", value }], notices: signInNotices(reached) };
  },
  table: (reached, { activity }) => {
    const method = text(get(activity, "typeProperties", "source", "storeSettings", "requestMethod")) ?? "GET";
    if (method.toUpperCase() !== "GET") return `it uses ${method}; a program uses GET`;
    const { path } = addressOf(reached);
    if (typeof path !== "string") return path.problem;
    if (/^[a-z]+:\/\//i.test(path)) return "its relative URL is absolute";
    return fileTable(path, reached.dataset, activity);
  },
};

interface Address {
  /** Ends with a slash; undefined if it is not known. */
  readonly base: string | undefined;
  readonly path: string | { readonly problem: string };
}

/** The linked service's URL is a folder, or the file itself if the dataset has no relative URL. */
function addressOf({ dataset, service }: Reached): Address {
  const address = service.value("url");
  const url = textOf(address);
  const isAbsent = get(dataset.node, "typeProperties", "location", "relativeUrl").value === undefined;
  if (!isAbsent) {
    const relative = dataset.value("location", "relativeUrl");
    const path = textOf(relative);
    const base = url === undefined || url.endsWith("/") ? url : `${url}/`;
    if (path === undefined) {
      return {
        base,
        path: { problem: `its URL: ${relative.kind === "unknown" ? relative.why : "it is not a text"}` },
      };
    }
    return { base, path: /^[a-z]+:\/\//i.test(path) ? path : path.replace(/^\/+/, "") };
  }
  const cut = url === undefined ? -1 : url.lastIndexOf("/");
  if (url === undefined) {
    return {
      base: undefined,
      path: { problem: `its URL: ${address.kind === "unknown" ? address.why : "it is not a text"}` },
    };
  }
  if (cut < url.indexOf("://") + 3) return { base: `${url}/`, path: { problem: "its URL has no file name" } };
  return { base: url.slice(0, cut + 1), path: joined(url.slice(cut + 1)) };
}

function signInNotices({ service }: Reached): readonly Notice[] {
  const notices: Notice[] = [];
  const inner = get(service.node, "typeProperties");
  const type = text(get(inner, "authenticationType")) ?? "Anonymous";
  if (type !== "Anonymous") {
    notices.push(
      notImported(
        get(inner, "authenticationType"),
        `it uses ${type} authentication; a program sends anonymous requests`,
      ),
    );
  }
  const validates = get(inner, "enableServerCertificateValidation");
  if (validates.value === false) {
    notices.push(assumed(validates, "it does not validate the server's certificate; a program does"));
  }
  return notices;
}
