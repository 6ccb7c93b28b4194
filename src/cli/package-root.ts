/** Locates the package's own files: in a clone, in an installation, bundled or not. */
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** The nearest parent folder of this code with a package.json. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(`${folder}/package.json`) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}
