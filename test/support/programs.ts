/** The programs for comparing Spark and DuckDB, each in a folder with the files of its sources. */
import { readdirSync } from "node:fs";
import { check, plan } from "../../src/compile.ts";
import { createNodeHost } from "../../src/node-host.ts";
import type { Program } from "../../src/plan/program.ts";
import { root } from "./paths.ts";

const place = `${root}/test/integration/spark/programs`;

export interface ProgramFolder {
  /** `01-readings` */
  readonly name: string;
  readonly folder: string;
  readonly program: Program;
}

/** All of them. Throws if a program has errors. */
export function programFolders(): readonly ProgramFolder[] {
  return readdirSync(place)
    .sort()
    .map((name) => {
      const folder = `${place}/${name}`;
      const result = check(createNodeHost(folder), [`${name.replace(/^\d+-/, "")}.medal`]);
      const program = plan(result);
      if (program !== undefined) return { name, folder, program };
      const errors = result.diagnostics.map(({ span, code, message }) => `${span.file}: ${code}: ${message}`);
      throw new Error(`${name} has errors:\n${errors.join("\n")}`);
    });
}
