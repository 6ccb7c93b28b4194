/** The commands that help with medalc itself. */
import { SHELLS } from "../completion/scripts.ts";
import type { Registry } from "../registry.ts";

export function addHelpCommands({ add }: Registry): void {
  add(
    {
      usage: "explain <code>",
      description: "explain a diagnostic and how to fix it",
      examples: ["medalc explain fan-out"],
    },
    async (_options, [code]) => {
      const { explain } = await import("../commands/explain.ts");
      return explain({ code: code ?? "" });
    },
  );

  const completing = add(
    {
      usage: "completion <shell>",
      description: "print the completion script for a shell",
      examples: ["source <(medalc completion bash)", "medalc completion fish > ~/.config/fish/completions/medalc.fish"],
    },
    async (_options, [name]) => {
      const { completion } = await import("../commands/completion.ts");
      const shell = SHELLS.find((each) => each === name);
      if (shell === undefined) throw new Error("commander accepts only the choices");
      return completion(shell);
    },
  );
  completing.registeredArguments[0]?.choices(SHELLS);
}
