/** Functions on `/`-separated paths as text, because the core has no file system. */

/** Resolves a path relative to a folder. An absolute path is kept; `.` and `..` are resolved if possible. */
export function joinPath(folder: string, path: string): string {
  const absolute = /^(\/|[A-Za-z]:)/.test(path);
  return normalPath(absolute || folder === "" ? path : `${folder}/${path}`);
}

/** The folder of a file; `.` if the path has none. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf("/");
  if (slash === -1) return ".";
  return slash === 0 ? "/" : path.slice(0, slash);
}

function normalPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    const previous = parts.at(-1);
    if (part === ".." && previous !== undefined && previous !== "..") parts.pop();
    else parts.push(part);
  }
  const start = path.startsWith("/") ? "/" : "";
  return start + parts.join("/") || ".";
}
