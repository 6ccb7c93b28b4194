/** Imports modules of the project with a guard removed, together with all their imports from the project. */
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { root } from "../support/paths.ts";

export interface Edit {
  /** The path of the file in the project. */
  readonly file: string;
  /** The text to replace, which occurs once, and its replacement. */
  readonly text: string;
  readonly without: string;
}

const MARK = "without";
const edits: Edit[] = [];
const own = ["src", "test", "templates"].map((folder) => pathToFileURL(`${root}/${folder}/`).href);

/** Imports modules by their paths in the project. Fails if the text does not occur exactly once in the file. */
export function importerWithout(edit: Edit): <Module>(path: string) => Promise<Module> {
  const found = readFileSync(`${root}/${edit.file}`, "utf8").split(edit.text).length - 1;
  if (found !== 1) throw new Error(`${edit.file} has ${found} times: ${edit.text}`);
  if (edits.length === 0) registerHooks({ resolve, load });
  const number = edits.push(edit) - 1;
  return (path) => import(`${pathToFileURL(`${root}/${path}`).href}?${MARK}=${number}`);
}

const resolve: NonNullable<Parameters<typeof registerHooks>[0]["resolve"]> = (specifier, context, next) => {
  const found = next(specifier, context);
  const number = numberIn(context.parentURL);
  if (number === undefined || !own.some((folder) => found.url.startsWith(folder))) return found;
  return { ...found, url: `${found.url}?${MARK}=${number}` };
};

const load: NonNullable<Parameters<typeof registerHooks>[0]["load"]> = (url, context, next) => {
  const edit = edits[numberIn(url) ?? -1];
  if (edit === undefined) return next(url, context);
  const path = fileURLToPath(url);
  const text = readFileSync(path, "utf8");
  const changed = path === `${root}/${edit.file}` ? text.replace(edit.text, () => edit.without) : text;
  if (path.endsWith(".hbs")) {
    return { format: "module", shortCircuit: true, source: `export default ${JSON.stringify(changed)};` };
  }
  return path.endsWith(".ts")
    ? { format: "module-typescript", shortCircuit: true, source: changed }
    : next(url, context);
};

function numberIn(url: string | undefined): number | undefined {
  const [, number] = new RegExp(`\\?${MARK}=(\\d+)$`).exec(url ?? "") ?? [];
  return number === undefined ? undefined : Number(number);
}
