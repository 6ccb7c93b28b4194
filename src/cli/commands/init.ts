/** `medalc init`: a small project that works, to start from. */
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import { resolve } from "node:path";
import { COMMAND_LINE } from "../../config/environment.ts";
import { joinPath } from "../../config/paths.ts";
import { diagnostic } from "../../diagnostics/diagnostic.ts";
import type { CommandResult } from "../command.ts";
import type { Io } from "../io.ts";
import { packageRoot } from "../package-root.ts";

export interface InitOptions {
  readonly folder: string;
}

/** Under this name the file survives npm, which leaves `.gitignore` files out of packages. */
const RENAMED = { from: "gitignore", to: ".gitignore" };

export async function init({ folder }: InitOptions, io: Io): Promise<CommandResult> {
  const sources = new Map();
  const starter = `${packageRoot()}/examples/starter`;
  const target = resolve(io.folder, folder);
  const names = readdirSync(starter).map((name) => (name === RENAMED.from ? RENAMED.to : name));
  const taken = names.filter((name) => existsSync(`${target}/${name}`));
  if (taken.length > 0) {
    const diagnostics = taken.map((name) => diagnostic("file-exists", COMMAND_LINE, { path: joinPath(folder, name) }));
    return { diagnostics, sources };
  }
  mkdirSync(target, { recursive: true });
  cpSync(starter, target, { recursive: true });
  renameSync(`${target}/${RENAMED.from}`, `${target}/${RENAMED.to}`);
  const files = names.map((name) => joinPath(folder, name)).sort();
  const inside = folder === "." ? "" : ` ${folder}`;
  return {
    diagnostics: [],
    sources,
    answer: { text: files.map((file) => `wrote ${file}\n`).join(""), data: { files } },
    closing: `next: medalc check${inside}, medalc run${inside}`,
  };
}
