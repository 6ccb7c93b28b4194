/** The URL of a file of an HTTP source, the same in a local run and in Data Factory. */

/** A base URL in two parts; the path of a file goes in between. */
export interface BaseUrl {
  /** Without user, query and fragment; ends with a slash. */
  readonly folder: string;
  /** `?sv=2024&sig=…`, or nothing. */
  readonly query: string;
}

/** The parts of a base URL, or what is wrong with it, as the end of a sentence that begins with its name. */
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

/** A path as part of a URL. Every character except the slash is literal. */
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
