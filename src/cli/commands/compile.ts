/** `medalc compile`: writes the files of all targets. */
import { emitAll } from "../../codegen/emit.ts";
import type { ParamArgument } from "../../config/environment.ts";
import { joinPath } from "../../config/paths.ts";
import { hasErrors } from "../../diagnostics/diagnostic.ts";
import type { CommandResult } from "../command.ts";
import { digest } from "../digest.ts";
import { emitContextFor } from "../emit-context.ts";
import type { Io } from "../io.ts";
import { loadPlan } from "../project.ts";
import { writeOutput } from "../write-output.ts";

export interface CompileOptions {
  readonly path: string;
  /** Relative to the working folder; by default `out` in the project's folder. */
  readonly out?: string;
  readonly env?: string;
  readonly param?: readonly ParamArgument[];
  /** Overwrite edited files of the last output. */
  readonly force?: boolean;
}

/** In the project's folder, like its lake, so that projects compiled from the same working folder do not share it. */
const DEFAULT_OUT = "out";

export async function compile(options: CompileOptions, io: Io): Promise<CommandResult> {
  const { path, env, param = [], force = false } = options;
  const { folder, config, sources, program, diagnostics } = await loadPlan(path, io);
  if (program === undefined || hasErrors(diagnostics)) return { diagnostics, sources };

  const chosen = emitContextFor(config, program, env, param);
  const inContext = [...diagnostics, ...chosen.diagnostics];
  if (chosen.context === undefined || hasErrors(inContext)) return { diagnostics: inContext, sources };

  const emitted = emitAll(program, chosen.context, { digest });
  const all = [...inContext, ...emitted.diagnostics];
  if (hasErrors(all)) return { diagnostics: all, sources };

  const out = options.out ?? joinPath(folder, DEFAULT_OUT);
  const output = writeOutput(emitted.files, joinPath(io.folder, out), { project: program.name, force });
  if (hasErrors(output.diagnostics)) return { diagnostics: [...all, ...output.diagnostics], sources };
  return {
    diagnostics: [...all, ...output.diagnostics],
    sources,
    answer: {
      text: summary(out, chosen.context.environment.name, emitted.files.length, output),
      data: {
        environment: chosen.context.environment.name,
        out,
        files: emitted.files.map((file) => file.path),
        written: output.written,
        removed: output.removed,
      },
    },
  };
}

function summary(
  out: string,
  environment: string,
  files: number,
  { written, removed }: { readonly written: readonly string[]; readonly removed: readonly string[] },
): string {
  const changes = [`${written.length} written`, ...(removed.length === 0 ? [] : [`${removed.length} removed`])];
  return `Compiled ${files} files to ${out} for the environment ${environment}: ${changes.join(", ")}\n`;
}
