/** `medalc init`: a small project that works, to start from, and the files that let a CI service check a project. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import { COMMAND_LINE } from "../../config/environment.ts";
import { joinPath } from "../../config/paths.ts";
import { readConfig } from "../../config/read.ts";
import { diagnostic } from "../../diagnostics/diagnostic.ts";
import { createNodeHost } from "../../node-host.ts";
import { type CiFile, ciFile } from "../ci/recipes.ts";
import type { CiService } from "../ci/services.ts";
import type { CommandResult } from "../command.ts";
import type { Io } from "../io.ts";
import { packageRoot } from "../package-root.ts";

export interface InitOptions {
  readonly folder: string;
  /** Where the folder has a program already, only the files of these services are written. */
  readonly ci?: readonly CiService[];
}

/** Under this name the file survives npm, which leaves `.gitignore` files out of packages. */
const RENAMED = { from: "gitignore", to: ".gitignore" };

export async function init({ folder, ci = [] }: InitOptions, io: Io): Promise<CommandResult> {
  const sources = new Map();
  const target = resolve(io.folder, folder);
  const host = createNodeHost(io.folder);
  const hasProgram = host.isFolder(folder) && host.listPrograms(folder).length > 0;
  const starts = ci.length === 0 || !hasProgram;
  const starter = `${packageRoot()}/examples/starter`;
  const names = starts ? readdirSync(starter).map((name) => (name === RENAMED.from ? RENAMED.to : name)) : [];
  const recipes = ciFiles(ci, target, `${starts ? starter : target}/medal.json`, io);
  const files = [...names.map((name) => joinPath(folder, name)), ...recipes.map(({ path }) => path)].sort();
  const taken = files.filter((path) => existsSync(resolve(io.folder, path)));
  if (taken.length > 0) {
    const extras = starts ? {} : { hint: "Move it away, and compare what is written then." };
    return { diagnostics: taken.map((path) => diagnostic("file-exists", COMMAND_LINE, { path }, extras)), sources };
  }
  if (starts) {
    mkdirSync(target, { recursive: true });
    cpSync(starter, target, { recursive: true });
    renameSync(`${target}/${RENAMED.from}`, `${target}/${RENAMED.to}`);
  }
  for (const { path, text } of recipes) {
    mkdirSync(dirname(resolve(io.folder, path)), { recursive: true });
    writeFileSync(resolve(io.folder, path), text);
  }
  const inside = folder === "." ? "" : ` ${folder}`;
  const next = starts
    ? `medalc check${inside}, medalc run${inside}`
    : "commit and push; docs/ci.md of medalc says what it does";
  return {
    diagnostics: [],
    sources,
    answer: { text: files.map((file) => `wrote ${file}\n`).join(""), data: { files } },
    closing: `next: ${next}`,
  };
}

/** Services look for their files at the root of the repository that the project is in. */
function ciFiles(services: readonly CiService[], target: string, config: string, io: Io): readonly CiFile[] {
  const root = repositoryOf(target);
  const project = { folder: slashed(relative(root, target)) || ".", environment: environmentIn(config) };
  return [...new Set(services)].map((service) => {
    const { path, text } = ciFile(service, project);
    return { path: slashed(relative(io.folder, resolve(root, path))), text };
  });
}

function slashed(path: string): string {
  return path.split(sep).join("/");
}

/** The nearest folder above that is a repository; the folder itself where none is. */
function repositoryOf(target: string): string {
  for (let folder = target; ; folder = dirname(folder)) {
    if (existsSync(`${folder}/.git`)) return folder;
    if (folder === dirname(folder)) return target;
  }
}

/** The environment that matters most: prod, else the last that is not this machine. */
function environmentIn(path: string): string {
  const text = existsSync(path) ? readFileSync(path, "utf8") : "{}";
  const names = [...readConfig({ path, text }, dirname(path)).config.environments.keys()];
  // A name with other characters would have to be quoted, for a shell and in YAML.
  const usable = names.filter((name) => name !== "local" && /^[A-Za-z][\w-]*$/.test(name));
  return usable.includes("prod") ? "prod" : (usable.at(-1) ?? "prod");
}
