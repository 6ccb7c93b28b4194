/** Finds out how a shell in a folder calls medalc, and where an editor finds the schema of medal.json. */
import { existsSync } from "node:fs";
import { delimiter, dirname, join, relative, sep } from "node:path";
import { packageRoot } from "../package-root.ts";

/**
 * `npx medalc` if npm installed it in this folder or above, `medalc` if it is on the PATH, otherwise undefined: without
 * an installation, `npx` would download any package of that name from the registry.
 */
export function installedCommand(folder: string, path: string | undefined): string | undefined {
  if (ancestors(folder).some((each) => existsSync(join(each, "node_modules/.bin/medalc")))) return "npx medalc";
  // npm adds its own folders to the PATH of its scripts, which a shell does not have.
  const folders = (path ?? "")
    .split(delimiter)
    .filter((each) => each !== "" && !each.endsWith(join("node_modules", ".bin")));
  const isOnPath = folders.some((each) => ["medalc", "medalc.cmd"].some((name) => existsSync(join(each, name))));
  return isOnPath ? "medalc" : undefined;
}

/**
 * The path of medal.json's schema relative to a folder: of an installation in it or above, or of the clone that
 * contains it.
 */
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

/** The folder and its parents. */
function ancestors(folder: string): readonly string[] {
  return folder === dirname(folder) ? [folder] : [folder, ...ancestors(dirname(folder))];
}
