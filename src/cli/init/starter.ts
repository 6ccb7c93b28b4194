/** The files of a new project: those of examples/starter, with the names of the new project. */
import { readdirSync, readFileSync } from "node:fs";
import { relative, sep } from "node:path";
import { packageRoot } from "../package-root.ts";
import type { ProjectNames } from "./names.ts";

export interface StarterFile {
  /** Relative to the project's folder. */
  readonly path: string;
  readonly text: string;
}

export interface StarterSettings {
  readonly names: ProjectNames;
  /** The command to call medalc in the project's folder: `npx medalc` or `medalc`. */
  readonly command: string;
  /** Relative to the project's folder; undefined if its location would differ between clones of the project. */
  readonly schema: string | undefined;
}

/** The names of the starter; each form occurs in its files only as that name. */
const NAMES: ProjectNames = { identifier: "my_shop", hyphenated: "my-shop", compact: "myshop" };
const COMMAND = "npx medalc";
const SCHEMA = "../../schemas/medal.schema.json";

/** npm excludes files named `.gitignore` from packages. */
const RENAMED: Readonly<Record<string, string>> = { gitignore: ".gitignore" };

export function starterFiles({ names, command, schema }: StarterSettings): readonly StarterFile[] {
  const folder = `${packageRoot()}/examples/starter`;
  const rename = (text: string): string =>
    text
      .replaceAll(NAMES.identifier, names.identifier)
      .replaceAll(NAMES.hyphenated, names.hyphenated)
      .replaceAll(NAMES.compact, names.compact);
  const fill = (text: string): string =>
    rename(text)
      .replaceAll(COMMAND, command)
      .replace(new RegExp(`^ *"\\$schema": "${SCHEMA}",\n`, "m"), (line) =>
        schema === undefined ? "" : line.replace(SCHEMA, schema),
      );
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const from = `${entry.parentPath}/${entry.name}`;
      const path = relative(folder, from).split(sep).join("/");
      return { path: RENAMED[path] ?? rename(path), text: fill(readFileSync(from, "utf8")) };
    });
}
