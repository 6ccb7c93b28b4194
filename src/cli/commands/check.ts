/** `medalc check`: reports every error in a program and its medal.json. */
import { plan } from "../../compile.ts";
import { LOCAL, resolveEnvironment } from "../../config/environment.ts";
import { type Diagnostic, hasErrors } from "../../diagnostics/diagnostic.ts";
import { createNodeHost } from "../../node-host.ts";
import { type CommandResult, EXIT } from "../command.ts";
import type { Io } from "../io.ts";
import { counted } from "../pluralize.ts";
import { loadProject, type Project } from "../project.ts";

export interface CheckOptions {
  readonly path: string;
  /** Apply the automatic fixes. */
  readonly fix?: boolean;
  /** Only print what the fixes would change. */
  readonly dryRun?: boolean;
}

export async function check(options: CheckOptions, io: Io): Promise<CommandResult> {
  if (options.fix === true) return checkAndFix(options, io);
  return resultOf(await loadProject(options.path, io));
}

async function resultOf(project: Project): Promise<CommandResult> {
  const { sources, result } = project;
  const diagnostics = [...project.diagnostics, ...(await environmentProblems(project))];
  if (result === undefined || hasErrors(diagnostics)) return { diagnostics, sources };
  const bronze = result.checked.bronze.length;
  const tables = result.checked.tables.length;
  const silver = result.checked.tables.filter(({ declaration }) => declaration.layer === "silver").length;
  const text = `Check passed: ${bronze} bronze, ${silver} silver, ${tables - silver} gold\n`;
  return { diagnostics, sources, answer: { text, data: { bronze, tables } } };
}

async function checkAndFix({ path, dryRun = false }: CheckOptions, io: Io): Promise<CommandResult> {
  const before = await loadProject(path, io);
  if (before.result === undefined) return resultOf(before);
  const host = createNodeHost(io.folder, before.folder);
  const { fixProgram, overlay, writeFixed } = await import("../fix-program.ts");
  const { fixed, rejected, changed, diff } = fixProgram(before.result, before.folder, host, io);
  const problems = dryRun ? [] : writeFixed(changed, before.result.sources, io);
  const after = await resultOf(await loadProject(path, io, () => (dryRun ? overlay(host, changed) : host)));
  const diagnostics = [...after.diagnostics, ...problems];
  const isTrial = dryRun && changed.size > 0 && !hasErrors(diagnostics);
  return {
    ...after,
    diagnostics,
    answer: {
      text: `${dryRun ? diff : ""}${after.answer?.text ?? ""}`,
      data: { ...after.answer?.data, fixed, ...(dryRun ? { diff } : {}) },
    },
    closing: closingOf(fixed.length, rejected, changed.size, dryRun),
    ...(isTrial ? { exitCode: EXIT.changes } : {}),
  };
}

function closingOf(fixed: number, rejected: number, files: number, dryRun: boolean): string {
  const done = dryRun ? `Would fix ${counted(fixed, "problem")}` : `Fixed ${counted(fixed, "problem")}`;
  const where = fixed === 0 ? "" : ` in ${counted(files, "file")}`;
  const left =
    rejected === 0
      ? ""
      : `; ${rejected} ${rejected === 1 ? "fix" : "fixes"} not applied, to avoid causing other errors`;
  return `${done}${where}${left}`;
}

/** Errors in the params and sources of medal.json's environments, and what the targets reject in them. */
async function environmentProblems({ config, diagnostics, result }: Project): Promise<readonly Diagnostic[]> {
  const program = result === undefined || hasErrors(diagnostics) ? undefined : plan(result);
  if (program === undefined) return [];
  const names = config.environments.size === 0 ? [LOCAL] : [...config.environments.keys()];
  const found = names.flatMap((name) => resolveEnvironment(config, program, name).diagnostics);
  if (hasErrors(found)) return found;
  const { targetProblems } = await import("../check-targets.ts");
  return [...found, ...targetProblems(config, program)];
}
