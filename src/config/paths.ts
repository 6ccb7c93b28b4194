/** Paths as text, `/`-separated, without a file system: the core has none. */

/** A path seen from a folder. An absolute one stays as it is; `.` and `..` are resolved where that is possible. */
export function joinPath(folder: string, path: string): string {
  const absolute = /^(\/|[A-Za-z]:)/.test(path);
  return normalPath(absolute || folder === "" ? path : `${folder}/${path}`);
}

/** The folder that a file lies in; `.` where the path names none. */
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
