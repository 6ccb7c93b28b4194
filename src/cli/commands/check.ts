/** `medalc check`: every mistake in a program. */
import { hasErrors } from "../../diagnostics/diagnostic.ts";
import type { CommandResult } from "../command.ts";
import { counted } from "../counted.ts";
import type { Io } from "../io.ts";
import { loadProject } from "../project.ts";

export interface CheckOptions {
  readonly path: string;
}

export async function check({ path }: CheckOptions, io: Io): Promise<CommandResult> {
  const { diagnostics, sources, result } = await loadProject(path, io);
  if (result === undefined || hasErrors(diagnostics)) return { diagnostics, sources };
  const bronze = result.checked.bronze.length;
  const tables = result.checked.tables.length;
  const text = `${path} is right: ${counted(bronze, "bronze table")}, ${counted(tables, "silver or gold table")}\n`;
  return { diagnostics, sources, answer: { text, data: { bronze, tables } } };
}
