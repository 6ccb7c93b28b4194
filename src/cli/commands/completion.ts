/** `medalc completion SHELL`: prints the completion script for a shell. */
import type { CommandResult } from "../command.ts";
import { type Shell, scripts } from "../completion/scripts.ts";

export async function completion(shell: Shell): Promise<CommandResult> {
  const { script, install } = scripts[shell];
  return {
    diagnostics: [],
    sources: new Map(),
    answer: { text: script, data: { shell, script } },
    closing: `To install it: ${install}`,
  };
}
