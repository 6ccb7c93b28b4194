/** The programs that Spark and DuckDB are compared on, each in a folder with the files that its sources send. */
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

/** All of them. A program with errors throws. */
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
