/** The files of a new project: those of examples/starter, with the names of the new project in place of its own. */
import { readdirSync, readFileSync } from "node:fs";
import { relative, sep } from "node:path";
import { packageRoot } from "../package-root.ts";
import type { ProjectNames } from "./names.ts";

export interface StarterFile {
  /** Below the project's folder. */
  readonly path: string;
  readonly text: string;
}

export interface StarterSettings {
  readonly names: ProjectNames;
  /** How medalc is called in the project's folder: `npx medalc` or `medalc`. */
  readonly command: string;
  /** Seen from the project's folder; undefined where no copy of it has a place that every clone of the project has. */
  readonly schema: string | undefined;
}

/** The names of the starter, each in a form that nothing else in its files has. */
const NAMES: ProjectNames = { identifier: "my_shop", hyphenated: "my-shop", compact: "myshop" };
const COMMAND = "npx medalc";
const SCHEMA = "../../schemas/medal.schema.json";

/** npm leaves files with the name `.gitignore` out of packages. */
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
