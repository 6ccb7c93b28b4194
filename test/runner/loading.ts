/** Loads of bronze tables alone, without building anything: what lands in the lake, and what of it counts. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import type { BronzePlan, Program } from "../../src/plan/program.ts";
import { isFailure } from "../../src/runner/errors.ts";
import { type ExtractContext, extractBronze } from "../../src/runner/extract/extract.ts";
import { createLake, type Lake } from "../../src/runner/lake.ts";
import type { LoadFacts } from "../../src/runner/load-record.ts";
import { countedFiles } from "../../src/runner/loads.ts";
import { programOf } from "./project.ts";

export interface Loading {
  readonly folder: string;
  readonly lake: Lake;
  program: Program;
  /** Writes files of the source, such as `a.csv`. */
  write(files: Readonly<Record<string, string>>): void;
  /**
   * Loads a table, an hour after the load before by default: `ok 3 files` or `unchanged`, and the diagnostics as
   * `code: message`, each on a line.
   */
  load(name: string, options?: Partial<ExtractContext> & Partial<ExtractContext["reach"]>): Promise<string>;
  /** `20260131T060000Z/a.csv < 10` */
  counted(name: string): Promise<readonly string[]>;
  /** The lines of the files that count, by path at the source. */
  lines(name: string): Promise<readonly string[]>;
  /** The record of the newest load. */
  record(name: string): LoadFacts;
  /** The folders of a table's loads, without records of complete loads. */
  folders(name: string): readonly string[];
  plan(name: string): BronzePlan;
  remove(): void;
}

export function createLoading(text: string, files: Readonly<Record<string, string>> = {}): Loading {
  const folder = mkdtempSync(join(tmpdir(), "medalc-load-"));
  const lake = createLake(join(folder, ".medal", "lake"));
  let runs = 0;
  const loading: Loading = {
    folder,
    lake,
    program: programOf(text),
    write(files) {
      for (const [path, content] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, "in", path)), { recursive: true });
        writeFileSync(join(folder, "in", path), content);
      }
    },
    plan(name) {
      const found = loading.program.bronze.find((each) => each.name === name);
      if (found === undefined) throw new Error(`no bronze ${name}`);
      return found;
    },
    async load(name, { overrides = {}, secret = () => undefined, ...options } = {}) {
      const { program } = loading;
      const context: ExtractContext = {
        lake,
        startedAt: new Date(Date.UTC(2026, 0, 31, 6 + runs++)),
        full: false,
        reload: false,
        verify: false,
        reach: { program, baseFolder: folder, params: {}, overrides, secret },
        retry: { pause: 1, patience: 5000, silence: 5000, signal: new AbortController().signal },
        onEvent: () => undefined,
        ...options,
      };
      const said = ({ code, message }: { readonly code: string; readonly message: string }) => `${code}: ${message}`;
      try {
        const { result, diagnostics } = await extractBronze(loading.plan(name), context);
        const contents = result.contents === undefined ? "" : ` ${result.contents}`;
        return [`${result.state}${contents}`, ...diagnostics.map(said)].join("\n");
      } catch (error) {
        if (!isFailure(error)) throw error;
        return error.diagnostics.map(said).join("\n");
      }
    },
    async counted(name) {
      const files = await countedFiles(loading.plan(name), lake);
      return files.map(({ load, file, before }) => `${load.slice(9, 11)} ${file}${before ? ` < ${before}` : ""}`);
    },
    async lines(name) {
      const files = await countedFiles(loading.plan(name), lake);
      return files.flatMap(({ path }) => readFileSync(path, "utf8").split("\n").slice(0, -1));
    },
    record(name) {
      const loads = readdirSync(lake.loadsFolder(name)).filter((each) => each.startsWith("load="));
      return JSON.parse(readFileSync(join(lake.loadsFolder(name), loads.sort().at(-1) ?? "", "_load.json"), "utf8"));
    },
    folders: (name) => (existsSync(lake.loadsFolder(name)) ? readdirSync(lake.loadsFolder(name)).sort() : []),
    remove: () => rmSync(folder, { recursive: true }),
  };
  loading.write(files);
  return loading;
}

/** All files below a folder. */
export function allFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)))
    .sort();
}
