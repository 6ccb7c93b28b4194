/** `medalc init`: creates a small working project, and the CI files that check and deploy a project. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, relative, resolve, sep } from "node:path";
import { COMMAND_LINE } from "../../config/environment.ts";
import { joinPath } from "../../config/paths.ts";
import { readConfig } from "../../config/read.ts";
import { diagnostic } from "../../diagnostics/diagnostic.ts";
import { createNodeHost } from "../../node-host.ts";
import { type CiFile, ciFile } from "../ci/recipes.ts";
import type { CiService } from "../ci/services.ts";
import type { CommandResult } from "../command.ts";
import { installedCommand, schemaFor } from "../init/installation.ts";
import { projectNames } from "../init/names.ts";
import { type StarterFile, starterFiles } from "../init/starter.ts";
import type { Io } from "../io.ts";
import { packageRoot } from "../package-root.ts";

export interface InitOptions {
  readonly folder: string;
  /** If the folder already has a program, only the files of these services are written. */
  readonly ci?: readonly CiService[];
}

export async function init({ folder: given, ci = [] }: InitOptions, io: Io): Promise<CommandResult> {
  const sources = new Map();
  const folder = joinPath("", slashed(given));
  const target = resolve(io.folder, folder);
  const host = createNodeHost(io.folder);
  const hasProgram = host.isFolder(folder) && host.listPrograms(folder).length > 0;
  const starts = ci.length === 0 || !hasProgram;
  const starter = starts ? starterFor(target, io) : [];
  const config = starts ? starter.find(({ path }) => path === CONFIG)?.text : readIfThere(`${target}/${CONFIG}`);
  const files: readonly CiFile[] = [
    ...starter.map(({ path, text }) => ({ path: joinPath(folder, path), text })),
    ...ciFiles(ci, target, environmentIn(config), io),
  ];
  const paths = files.map(({ path }) => path).sort();
  const taken = paths.filter((path) => existsSync(resolve(io.folder, path)));
  if (taken.length > 0) {
    const extras = starts ? {} : { hint: "Move it, run the command again and compare the two." };
    return { diagnostics: taken.map((path) => diagnostic("file-exists", COMMAND_LINE, { path }, extras)), sources };
  }
  for (const { path, text } of files) {
    mkdirSync(dirname(resolve(io.folder, path)), { recursive: true });
    writeFileSync(resolve(io.folder, path), text);
  }
  return {
    diagnostics: [],
    sources,
    answer: { text: paths.map((path) => `Wrote ${path}\n`).join(""), data: { files: paths } },
    closing: starts ? nextSteps(folder, target, io) : "Next: commit and push; docs/ci.md of medalc describes the steps",
  };
}

const CONFIG = "medal.json";

function starterFor(target: string, io: Io): readonly StarterFile[] {
  return starterFiles({
    names: projectNames(basename(target)),
    command: installedCommand(target, io.env.PATH) ?? "medalc",
    schema: schemaFor(target),
  });
}

/** The next command lines, as they work in the shell that ran this command. */
function nextSteps(folder: string, target: string, io: Io): string {
  const command = installedCommand(io.folder, io.env.PATH) ?? quoted(`${packageRoot()}/bin/medalc.js`);
  const path = folder === "." ? "" : ` ${quoted(folder)}`;
  const next = `Next: ${command} check${path}, ${command} run${path}`;
  if (installedCommand(target, io.env.PATH) !== undefined) return next;
  return `${next}\nTo install the command medalc in ${folder} too: npm install --global ${quoted(packageRoot())}`;
}

/** Quotes a text for a shell if necessary. */
function quoted(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** CI services expect their files at the root of the project's repository. */
function ciFiles(services: readonly CiService[], target: string, environment: string, io: Io): readonly CiFile[] {
  const root = repositoryOf(target);
  const project = { folder: slashed(relative(root, target)) || ".", environment };
  return [...new Set(services)].map((service) => {
    const { path, text } = ciFile(service, project);
    return { path: slashed(relative(io.folder, resolve(root, path))), text };
  });
}

function slashed(path: string): string {
  return path.split(sep).join("/");
}

/** The root of the repository that contains the folder; without one, the folder itself. */
function repositoryOf(target: string): string {
  for (let folder = target; ; folder = dirname(folder)) {
    if (existsSync(`${folder}/.git`)) return folder;
    if (folder === dirname(folder)) return target;
  }
}

/** The most important environment: prod, otherwise the last one that is not local. */
function environmentIn(config = "{}"): string {
  const names = [...readConfig({ path: CONFIG, text: config }, ".").config.environments.keys()];
  // Other names would need quoting in a shell and in YAML.
  const usable = names.filter((name) => name !== "local" && /^[A-Za-z][\w-]*$/.test(name));
  return usable.includes("prod") ? "prod" : (usable.at(-1) ?? "prod");
}

function readIfThere(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}
