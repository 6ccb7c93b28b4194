/** `medalc check`: every mistake in a program, and in the medal.json beside it. */
import { plan } from "../../compile.ts";
import { resolveEnvironment } from "../../config/environment.ts";
import { type Diagnostic, hasErrors } from "../../diagnostics/diagnostic.ts";
import type { CommandResult } from "../command.ts";
import type { Io } from "../io.ts";
import { counted } from "../pluralize.ts";
import { loadProject, type Project } from "../project.ts";

export interface CheckOptions {
  readonly path: string;
}

export async function check({ path }: CheckOptions, io: Io): Promise<CommandResult> {
  const project = await loadProject(path, io);
  const { sources, result } = project;
  const diagnostics = [...project.diagnostics, ...environmentProblems(project)];
  if (result === undefined || hasErrors(diagnostics)) return { diagnostics, sources };
  const bronze = result.checked.bronze.length;
  const tables = result.checked.tables.length;
  const text = `${path} is right: ${counted(bronze, "bronze table")}, ${counted(tables, "silver or gold table")}\n`;
  return { diagnostics, sources, answer: { text, data: { bronze, tables } } };
}

/** What the environments of medal.json say of params and sources, held against the program. */
function environmentProblems({ config, result }: Project): readonly Diagnostic[] {
  const names = [...config.environments.keys()];
  const program = names.length === 0 || result === undefined ? undefined : plan(result);
  if (program === undefined) return [];
  return names.flatMap((name) => resolveEnvironment(config, program, name).diagnostics);
}
