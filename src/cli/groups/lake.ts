/** The commands that use the local lake. */
import { InvalidArgumentError, Option } from "commander";
import type { QueryOptions } from "../commands/query.ts";
import type { ShowOptions } from "../commands/show.ts";
import {
  type EnvironmentOptions,
  environmentOption,
  masterOption,
  memoryOption,
  numberParser,
  paramOption,
  type RunOnlyOptions,
  reloadOption,
  selectOption,
  timeParser,
  type WatchOptions,
} from "../options.ts";
import type { Registry } from "../registry.ts";
import { ENGINES } from "../spark-options.ts";

export function addLakeCommands({ add, io }: Registry): void {
  add<EnvironmentOptions & WatchOptions & RunOnlyOptions>(
    {
      usage: "run [path]",
      description: "run the program on this machine: load the sources, build and check every table",
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
    .option("--full", "fetch and rebuild everything, even if unchanged")
    .addOption(reloadOption())
    .option("--verify", "verify the checksums of the lake's files, and repair changed ones")
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

  add<EnvironmentOptions & Omit<ShowOptions, "args">>(
    {
      usage: "show <table> [path]",
      description: "print rows of a table of the local lake",
      examples: [
        "medalc show gold.revenue_by_month shop",
        'medalc show silver.orders --where "amount > 100" --sort "amount desc" --columns order_id,amount',
        "medalc show quarantine.silver.orders --wide   # every rejected row with its reason",
        "medalc show gold.revenue_by_month --at 2026-01-31   # as it was at the start of that day",
      ],
    },
    async (options, args) => {
      const { show } = await import("../commands/show.ts");
      return show({ ...options, args }, io);
    },
  )
    .option("-p, --path <path>", "path of the program, instead of the argument")
    .addOption(environmentOption("environment of the run (default: local)"))
    .addOption(paramOption())
    .addOption(columnsOption())
    .option("--where <condition>", "only rows that match a Medal condition, such as amount > 100")
    .option("--sort <keys>", "sort order, such as amount desc, order_id")
    .option("-n, --limit <rows>", "maximum number of rows", numberParser(1), 20)
    .option("--offset <rows>", "skip this many rows first", numberParser(0), 0)
    .addOption(new Option("--version <number>", "an earlier version of the table").argParser(numberParser(0)))
    .addOption(
      new Option("--at <time>", "the version at a time in UTC: 2026-01-31, 2026-01-31T06:00:00Z")
        .argParser(timeParser)
        .conflicts("version"),
    )
    .addOption(wideOption())
    .addOption(csvOption())
    .hook("preAction", (_, command) => {
      const { path } = command.opts<Partial<ShowOptions>>();
      if (path !== undefined && command.args.length > 1) {
        command.error(`error: option '--path ${path}' cannot be used with the argument '${command.args[1]}'`);
      }
    });

  add<EnvironmentOptions & Omit<QueryOptions, "sql" | "path">>(
    {
      usage: "query <sql> [path]",
      description: "run a SELECT over the tables of the local lake; - reads standard input",
      examples: [
        'medalc query "select month, sum(revenue) from gold.revenue_by_month group by month" shop',
        'medalc query "from silver.orders" --csv > orders.csv',
      ],
    },
    async (options, [sql, path]) => {
      const { query } = await import("../commands/query.ts");
      return query({ ...options, sql: sql ?? "", path: path ?? "." }, io);
    },
  )
    .addOption(environmentOption("environment of the run (default: local)"))
    .addOption(paramOption())
    .option("-n, --limit <rows>", "maximum number of rows (default: 1000; all with --csv)", numberParser(1))
    .addOption(wideOption())
    .addOption(csvOption());
}

function columnsOption(): Option {
  return new Option("--columns <names>", "only these columns, in this order, such as order_id,amount").argParser(
    (text: string) => {
      const names = columnNames(text);
      if (names.length === 0) throw new InvalidArgumentError("Expected column names, separated by commas.");
      return names;
    },
  );
}

/** Names may be quoted with backticks, as in a program. */
function columnNames(list: string): readonly string[] {
  const written = list.match(/`(?:[^`]|``)*`|[^,`]+/g) ?? [];
  const names = written.map((each) => each.trim());
  return names
    .map((each) => (each.startsWith("`") ? each.slice(1, -1).replaceAll("``", "`") : each))
    .filter((each) => each !== "");
}

function wideOption(): Option {
  return new Option("--wide", "print every column and value in full, one value per line if the terminal is too narrow");
}

function csvOption(): Option {
  return new Option("--csv", "print CSV").conflicts(["json", "format", "wide"]);
}
