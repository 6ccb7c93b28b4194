/** The commands on the local lake. */
import { Option } from "commander";
import {
  type EnvironmentOptions,
  environmentOption,
  masterOption,
  memoryOption,
  numberParser,
  paramOption,
  type RunOnlyOptions,
  selectOption,
  type WatchOptions,
} from "../options.ts";
import type { Registry } from "../registry.ts";
import { ENGINES } from "../spark-options.ts";

export function addLakeCommands({ add, io }: Registry): void {
  add<EnvironmentOptions & WatchOptions & RunOnlyOptions>(
    {
      usage: "run [path]",
      description: "run the program on this machine: extract, build every table, check",
      examples: ["medalc run shop", "medalc run shop --select +gold.revenue_by_month"],
    },
    async (options, [path]) => {
      const { run } = await import("../commands/run.ts");
      return run({ ...options, path: path ?? "." }, io);
    },
  )
    .addOption(environmentOption("environment of medal.json (default: local)"))
    .addOption(paramOption())
    .addOption(selectOption())
    .option("--full", "rebuild what has not changed, too")
    .option("--verify", "compare the contents of the lake's files with their checksums, and repair what was changed")
    .addOption(new Option("--engine <engine>", "engine that builds silver and gold").choices(ENGINES).default("duckdb"))
    .addOption(masterOption())
    .addOption(memoryOption())
    .option("--watch", "run again after every change")
    .hook("preAction", (_, command) => {
      const { engine, master } = command.opts<RunOnlyOptions>();
      if (engine !== "spark" && master !== undefined) {
        command.error(`error: option '--engine ${engine}' cannot be used with option '--master ${master}'`);
      }
    });

  add<EnvironmentOptions & { readonly limit: number; readonly path: string }>(
    {
      usage: "show <table>",
      description: "print rows of a table of the local lake",
      examples: ["medalc show gold.revenue_by_month", "medalc show quarantine.silver.orders --limit 100"],
    },
    async (options, [table]) => {
      const { show } = await import("../commands/show.ts");
      return show({ ...options, table: table ?? "" }, io);
    },
  )
    .option("-p, --path <path>", "the program, a file or a folder", ".")
    .addOption(environmentOption("environment it was run in (default: local)"))
    .addOption(paramOption())
    .option("-n, --limit <rows>", "number of rows", numberParser(1), 20);
}
