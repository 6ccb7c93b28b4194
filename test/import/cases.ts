/** Factories to import: `cases/<name>.json` contains the files of one by path; a file that is not JSON is a string. */
import { readdirSync, readFileSync } from "node:fs";
import { root } from "../support/paths.ts";

export type Files = ReadonlyMap<string, string>;

const folder = `${root}/test/import/cases`;

export const caseNames: readonly string[] = readdirSync(folder).map((file) => file.replace(/\.json$/, ""));

export function contentsOf(name: string): Readonly<Record<string, unknown>> {
  return JSON.parse(readFileSync(`${folder}/${name}.json`, "utf8"));
}

export function filesOf(contents: Readonly<Record<string, unknown>>): Files {
  return new Map(
    Object.entries(contents).map(([path, content]) => [
      path,
      typeof content === "string" ? content : JSON.stringify(content),
    ]),
  );
}
