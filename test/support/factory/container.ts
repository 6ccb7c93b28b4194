/** A container of a storage account, as far as the pipelines of a data factory use it. */
export interface Container {
  readonly files: Map<string, StoredFile>;
  write(path: string, content: string): void;
  /** Answers a request of a Web activity with its output. */
  request(method: string, url: string, body: string): { readonly [name: string]: unknown };
}

export interface StoredFile {
  readonly content: string;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

export const CONTAINER_URL = "https://shoplake.blob.core.windows.net/lake";

/** @param pageSize the number of names in a response, if it is less than what a request allows */
export function createContainer(now: () => number, pageSize = Number.POSITIVE_INFINITY): Container {
  const files = new Map<string, StoredFile>();
  const write = (path: string, content: string): void => void files.set(path, { content, modified: now() });

  /** In the order of names, with folders, as an account with a hierarchical namespace lists them. */
  const list = (query: URLSearchParams): string => {
    const names = new Set<string>();
    for (const path of files.keys()) {
      const parts = path.split("/");
      for (let length = 1; length <= parts.length; length++) names.add(parts.slice(0, length).join("/"));
    }
    const [prefix, marker] = [query.get("prefix") ?? "", query.get("marker") ?? ""];
    const all = [...names].filter((each) => each.startsWith(prefix) && each >= marker).sort();
    const page = all.slice(0, Math.min(pageSize, Number(query.get("maxresults"))));
    const next = all[page.length];
    const blobs = page.map((each) => `<Blob><Name>${escaped(each)}</Name><Properties /></Blob>`);
    const end = next === undefined ? "<NextMarker />" : `<NextMarker>${next}</NextMarker>`;
    return `\uFEFF<?xml version="1.0" encoding="utf-8"?><EnumerationResults><Blobs>${blobs.join("")}</Blobs>${end}</EnumerationResults>`;
  };

  return {
    files,
    write,
    request(method, url, body) {
      const { origin, pathname, searchParams } = new URL(url);
      const path = decodeURIComponent(pathname).slice("/lake/".length);
      if (`${origin}/lake` !== CONTAINER_URL) throw new Error(`no account at ${url}`);
      if (searchParams.get("comp") === "list") return { Response: list(searchParams) };
      if (method === "PUT") {
        write(path, body);
        return { Response: "" };
      }
      const found = files.get(path);
      if (found === undefined) throw new Error(`404: ${path}`);
      return { ...JSON.parse(found.content), ADFWebActivityResponseHeaders: {} };
    },
  };
}

function escaped(name: string): string {
  return name.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
