/** How a shell in a folder calls medalc, and where an editor finds the schema of medal.json. */
import { existsSync } from "node:fs";
import { delimiter, dirname, join, relative, sep } from "node:path";
import { packageRoot } from "../package-root.ts";

/**
 * `npx medalc` where npm installed it in this folder or above, `medalc` where it is on the PATH, else undefined. Without
 * an installation `npx` would fetch whatever package has the name in the registry.
 */
export function installedCommand(folder: string, path: string | undefined): string | undefined {
  if (ancestors(folder).some((each) => existsSync(join(each, "node_modules/.bin/medalc")))) return "npx medalc";
  // npm puts folders of its own on the PATH of what it runs, which a shell does not have.
  const folders = (path ?? "")
    .split(delimiter)
    .filter((each) => each !== "" && !each.endsWith(join("node_modules", ".bin")));
  const isOnPath = folders.some((each) => ["medalc", "medalc.cmd"].some((name) => existsSync(join(each, name))));
  return isOnPath ? "medalc" : undefined;
}

/** The schema of medal.json, seen from a folder: of an installation in it or above, or of the clone that it lies in. */
export function schemaFor(folder: string): string | undefined {
  const clone = packageRoot();
  const found = ancestors(folder)
    .flatMap((each) => [join(each, "node_modules/medalc"), ...(each === clone ? [each] : [])])
    .map((each) => join(each, "schemas/medal.schema.json"))
    .find((each) => existsSync(each));
  if (found === undefined) return undefined;
  const path = relative(folder, found).split(sep).join("/");
  return path.startsWith("../") ? path : `./${path}`;
}

/** The folder, and those that it lies in. */
function ancestors(folder: string): readonly string[] {
  return folder === dirname(folder) ? [folder] : [folder, ...ancestors(dirname(folder))];
}
