/** The commands that show the dependencies in a program. */
import { type Command, Option } from "commander";
import type { GraphOptions } from "../commands/graph.ts";
import type { LineageOptions } from "../commands/lineage.ts";
import type { Registry } from "../registry.ts";

export function addLineageCommands({ add, io }: Registry): void {
  withDrawing(
    add<Omit<LineageOptions, "args">>(
      {
        usage: "lineage <table> [path]",
        description: "show what a table or a column is derived from, or what depends on it",
        examples: [
          "medalc lineage gold.revenue_by_month.revenue shop",
          "medalc lineage bronze.orders.amount --downstream",
          "medalc lineage gold.revenue_by_month --html --out lineage.html",
        ],
      },
      async (options, args) => {
        const { lineage } = await import("../commands/lineage.ts");
        return lineage({ ...options, args }, io);
      },
    ),
  )
    .option("-p, --path <path>", "path of the program, instead of the argument")
    .option("--downstream", "show what depends on it: what a change affects");

  withDrawing(
    add<Omit<GraphOptions, "path">>(
      {
        usage: "graph [path]",
        description: "show the tables and their dependencies",
        examples: ["medalc graph shop", "medalc graph shop --mermaid"],
      },
      async (options, [path]) => {
        const { graph } = await import("../commands/graph.ts");
        return graph({ ...options, path: path ?? "." }, io);
      },
    ),
  );
}

function withDrawing(command: Command): Command {
  return command
    .addOption(new Option("--mermaid", "print a Mermaid flowchart").conflicts(["html", "dot", "json", "format"]))
    .addOption(new Option("--html", "print a self-contained web page").conflicts(["dot", "json", "format"]))
    .addOption(new Option("--dot", "print a Graphviz graph").conflicts(["json", "format"]))
    .addOption(
      new Option("-o, --out <file>", "write to a file instead of standard output").conflicts(["json", "format"]),
    );
}
