/** The commands that create, check, format, compile and import programs. */

import { Option } from "commander";
import type { CiService } from "../ci/services.ts";
import { ciOption, type EnvironmentOptions, environmentOption, paramOption, type WatchOptions } from "../options.ts";
import type { Registry } from "../registry.ts";

export function addProgramCommands({ add, io }: Registry): void {
  add<{ readonly ci?: readonly CiService[] }>(
    {
      usage: "init [folder]",
      description: "create a small project to start from",
      examples: ["medalc init shop", "medalc init shop --ci github   # adds CI files to the project in shop/"],
    },
    async (options, [folder]) => {
      const { init } = await import("../commands/init.ts");
      return init({ ...options, folder: folder ?? "." }, io);
    },
  ).addOption(ciOption());

  add<WatchOptions & { readonly fix?: boolean; readonly dryRun?: boolean }>(
    {
      usage: "check [path]",
      description: "report every error in a program",
      examples: ["medalc check", "medalc check shop --watch", "medalc check shop --fix --dry-run"],
    },
    async (options, [path]) => {
      const { check } = await import("../commands/check.ts");
      return check({ ...options, path: path ?? "." }, io);
    },
  )
    .option("--watch", "check again after every change")
    .addOption(new Option("--fix", "apply the fixes that have only one meaning").conflicts("watch"))
    .option("--dry-run", "with --fix: print the changes without making them; exit with 2 if there are any")
    .hook("preAction", (_, command) => {
      const { fix, dryRun } = command.opts<{ readonly fix?: boolean; readonly dryRun?: boolean }>();
      if (dryRun === true && fix !== true) command.error("error: option '--dry-run' needs the option '--fix'");
    });

  add<{ readonly check?: boolean; readonly diff?: boolean }>(
    {
      usage: "fmt [path...]",
      description: "format programs; - reads standard input",
      examples: ["medalc fmt", "medalc fmt --diff shop/orders.medal"],
    },
    async (options, paths) => {
      const { fmt } = await import("../commands/fmt.ts");
      return fmt({ ...options, paths: paths.length === 0 ? ["."] : paths }, io);
    },
  )
    .option("--check", "change nothing; exit with 2 if a file would change")
    .option("--diff", "change nothing; print the changes; exit with 2 if there are any");

  add<EnvironmentOptions & { readonly out?: string; readonly force?: boolean }>(
    {
      usage: "compile [path]",
      description: "generate the files of all targets",
      examples: ["medalc compile shop", "medalc compile shop --env prod --out build/prod"],
    },
    async (options, [path]) => {
      const { compile } = await import("../commands/compile.ts");
      return compile({ ...options, path: path ?? "." }, io);
    },
  )
    .option("-o, --out <folder>", "output folder (default: out in the folder of the project)")
    .option("--force", "overwrite generated files that were edited")
    .addOption(
      environmentOption("environment for values that cannot be parameters (default: the first one that is not local)"),
    )
    .addOption(paramOption());

  add<{ readonly out?: string }>(
    {
      usage: "import <from> <folder>",
      description: "generate a program from an existing data factory: sources, bronze tables, schedule",
      examples: ["medalc import adf ./factory-repo --out shop.medal"],
    },
    async (options, [, folder]) => {
      const { importProgram } = await import("../commands/import.ts");
      return importProgram({ ...options, folder: folder ?? "." }, io);
    },
  )
    .option("-o, --out <file>", "output file (default: standard output)")
    .registeredArguments[0]?.choices(["adf"]);
}
