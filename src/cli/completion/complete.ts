/** `medalc __complete`, called by the completion scripts: prints the candidates for a word, one per line. */
import type { Command } from "commander";
import { readConfig } from "../../config/read.ts";
import { catalog } from "../../diagnostics/catalog/index.ts";
import { createNodeHost } from "../../node-host.ts";
import { isStored } from "../../plan/stored.ts";
import type { CheckedProgram } from "../../semantics/model.ts";
import type { Io } from "../io.ts";
import { loadProject } from "../project.ts";
import { candidates, type Names } from "./candidates.ts";

/**
 * `words`: the word to complete, prefixed with `=` so that no shell drops an empty one, then the words before it. Errors
 * are ignored.
 */
export async function printCandidates(words: readonly string[], program: Command, io: Io): Promise<void> {
  const [current = "=", ...before] = words;
  const found = await candidates(current.slice(1), before, program, namesAt(io)).catch(() => []);
  io.stdout.write(found.map(({ text, description }) => `${text}${description ? `\t${description}` : ""}\n`).join(""));
}

function namesAt(io: Io): Names {
  const quiet: Io = { ...io, stderr: { ...io.stderr, write: () => undefined } };
  const load = async (path: string): Promise<CheckedProgram | undefined> =>
    (await loadProject(path, quiet)).result?.checked;
  const signatures = async (path: string) => {
    const checked = await load(path);
    return checked === undefined ? [] : [...checked.bronze, ...checked.tables].map(({ signature }) => signature);
  };
  return {
    tables: async (path) => (await signatures(path)).map(({ relation }) => relation),
    quarantined: async (path) => {
      const { bronze = [], tables = [] } = (await load(path)) ?? {};
      const stored = bronze.filter(isStored);
      return [...stored, ...tables].map(({ signature }) => signature.relation);
    },
    columns: async (path, table) =>
      (await signatures(path)).find(({ relation }) => relation === table)?.columns.map(({ name }) => name) ?? [],
    tags: async (path) => {
      const tags = (await signatures(path)).flatMap(({ columns }) => columns.flatMap((column) => column.tags));
      return [...new Set(tags.map((tag) => tag.replace(/\(.*/s, "")))];
    },
    async environments(path) {
      const host = createNodeHost(io.folder);
      const folder = host.isFolder(path) ? path : path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".";
      const text = host.readFile(`${folder}/medal.json`);
      const known =
        typeof text !== "string"
          ? []
          : [...readConfig({ path: "medal.json", text }, folder).config.environments.keys()];
      return [...new Set(["local", ...known])];
    },
    codes: async () => Object.keys(catalog),
  };
}
