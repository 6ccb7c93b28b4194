/** The URL of a file of an HTTP source, the same in a local run and in Data Factory. */

/** A base URL in two parts, between which the path of a file stands. */
export interface BaseUrl {
  /** Without user, query and fragment; ends with a slash. */
  readonly folder: string;
  /** `?sv=2024&sig=…`, or nothing. */
  readonly query: string;
}

/** What is wrong with a base URL, as the end of a sentence that begins with its name; or the URL in parts. */
export function splitBaseUrl(baseUrl: string): BaseUrl | { readonly problem: string } {
  if (!URL.canParse(baseUrl)) return { problem: "is not a valid URL" };
  const url = new URL(baseUrl);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    return { problem: `has the scheme ${url.protocol.slice(0, -1)}, and only http and https can be read` };
  }
  if (url.username !== "" || url.password !== "") {
    return { problem: "contains a user name or a password, and none is sent over HTTP" };
  }
  if (url.hash !== "") return { problem: "contains a #, and what follows it is never sent to a server" };
  const folder = `${url.origin}${url.pathname}`;
  return { folder: folder.endsWith("/") ? folder : `${folder}/`, query: url.search };
}

/** A path as a part of a URL. It is a name, not a URL: every character but the slash stands for itself. */
export function urlPath(path: string): string {
  return path
    .toWellFormed()
    .split("/")
    .map((part) => encodeURIComponent(part).replace(/[!'()*]/g, percent))
    .join("/");
}

function percent(mark: string): string {
  return `%${mark.charCodeAt(0).toString(16).toUpperCase()}`;
}
