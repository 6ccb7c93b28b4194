/** The commands about medalc itself. */
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
}
