/** `medalc check`: every mistake in a program. */
import { hasErrors } from "../../diagnostics/diagnostic.ts";
import type { CommandResult } from "../command.ts";
import type { Io } from "../io.ts";
import { loadProject } from "../project.ts";

export interface CheckOptions {
  readonly path: string;
}

export async function check({ path }: CheckOptions, io: Io): Promise<CommandResult> {
  const { diagnostics, sources, checked } = await loadProject(path, io);
  if (checked === undefined || hasErrors(diagnostics)) return { diagnostics, sources };
  const counts = { bronze: checked.bronze.length, tables: checked.tables.length };
  return {
    diagnostics,
    sources,
    answer: {
      text: `${path} is right: ${counts.bronze} bronze tables, ${counts.tables} built from them\n`,
      data: counts,
    },
  };
}
