/**
 * The command line: which commands there are and what options they take. What a command needs is loaded when it is
 * called, so that each starts as fast as it can.
 */
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import type { ParamArgument } from "../config/environment.ts";
import { VERSION } from "../version.ts";
import { CI_SERVICES, type CiService } from "./ci/services.ts";
import { type CommandResult, type CommonOptions, EXIT, type ExitCode, execute, FORMATS } from "./command.ts";
import { type Io, processIo } from "./io.ts";
import { isSavedPlan } from "./saved-plan.ts";
import { ENGINES, type EngineOptions, MASTER } from "./spark-options.ts";
import { executeWatching } from "./watch.ts";

/** Runs one command line and leaves its exit code with the process. */
export async function main(): Promise<void> {
  process.exitCode = await runCommandLine(process.argv.slice(2), processIo());
}

/** Runs the command of some arguments. Resolves to the exit code; never rejects. */
export async function runCommandLine(args: readonly string[], io: Io): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const program = commandLine(io, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...args], { from: "user" });
  } catch (error) {
    // Commander has written what is wrong. Help and the version that were asked for come this way too, with exit code 0.
    if (!(error instanceof CommanderError)) throw error;
    exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
  return exitCode;
}

function commandLine(io: Io, finish: (code: ExitCode) => void): Command {
  const program = new Command("medalc")
    .description("The compiler for Medal: one typed program from the sources to the lakehouse.")
    .version(VERSION, "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHasColors: () => io.stdout.hasColor,
      getErrHasColors: () => io.stderr.hasColor,
      getOutHelpWidth: () => io.stdout.width,
      getErrHelpWidth: () => io.stderr.width,
    })
    .showHelpAfterError("medalc --help lists the commands and options");

  /** A command with the options that all have; its function gets the arguments in order, then the options. */
  const add = <Options>(
    usage: string,
    description: string,
    command: (options: Options & CommonOptions, args: readonly string[]) => Promise<CommandResult>,
  ): Command =>
    program
      .command(usage)
      .description(description)
      .addOption(new Option("--format <format>", "how to print").choices(FORMATS).default("text"))
      .addOption(new Option("--json", "the same as --format json").implies({ format: "json" }))
      .addOption(new Option("--debug", "with a bug of the compiler: print where it happened"))
      .action(async (...given: unknown[]) => {
        const self = given.at(-1);
        if (!(self instanceof Command)) throw new Error("commander passes the command last");
        if (self.args.includes("")) self.error("error: an argument is empty; the folder you are in is `.`");
        const options = self.opts<Options & CommonOptions & WatchOptions & { readonly json?: boolean }>();
        if (options.json === true && options.format !== "json") {
          self.error(`error: option '--json' cannot be used with option '--format ${options.format}'`);
        }
        const run = () => command(options, self.args);
        const path = self.args[0] ?? ".";
        finish(
          options.watch === true
            ? await executeWatching(self.name(), run, options, path, io)
            : await execute(self.name(), run, options, io),
        );
      });

  add<WatchOptions>(
    "check [path]",
    "report every mistake in a program, a file or a folder",
    async (options, [path]) => {
      const { check } = await import("./commands/check.ts");
      return check({ ...options, path: path ?? "." }, io);
    },
  ).option("--watch", "check again after every change");

  add<EnvironmentOptions & { readonly out: string; readonly force?: boolean }>(
    "compile [path]",
    "write the files of all targets",
    async (options, [path]) => {
      const { compile } = await import("./commands/compile.ts");
      return compile({ ...options, path: path ?? "." }, io);
    },
  )
    .option("-o, --out <folder>", "where to write", "out")
    .option("--force", "replace files of the last output that were changed by hand")
    .addOption(
      environmentOption("the environment whose values stand where no parameter can (default: the first but local)"),
    )
    .addOption(paramOption());

  add<EnvironmentOptions & WatchOptions & RunOnlyOptions>(
    "run [path]",
    "run the program here: extract, build every table, check",
    async (options, [path]) => {
      const { run } = await import("./commands/run.ts");
      return run({ ...options, path: path ?? "." }, io);
    },
  )
    .addOption(environmentOption("the environment of medal.json (default: local)"))
    .addOption(paramOption())
    .addOption(selectOption())
    .option("--full", "build also what has not changed")
    .addOption(new Option("--engine <engine>", "what builds silver and gold").choices(ENGINES).default("duckdb"))
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
    "show <table>",
    "print rows of a table that was built here: gold.orders",
    async (options, [table]) => {
      const { show } = await import("./commands/show.ts");
      return show({ ...options, table: table ?? "" }, io);
    },
  )
    .option("-p, --path <path>", "the program, a file or a folder", pathOption, ".")
    .addOption(environmentOption("the environment it was run in (default: local)"))
    .addOption(paramOption())
    .option("-n, --limit <rows>", "how many rows", positiveNumber, 20);

  withPlanning(
    add<PlanningOptions & { readonly out?: string; readonly detailedExitcode?: boolean }>(
      "plan [path]",
      "say what a deployment would do, and to what data; changes nothing",
      async (options, [path]) => {
        const { plan } = await import("./commands/plan.ts");
        return plan({ ...options, path: path ?? "." }, io);
      },
    ),
  )
    .addOption(planFileOption())
    .option("--detailed-exitcode", "exit with 2 where there is something to do");

  withConfirming(
    withPlanning(
      add<PlanningOptions & ConfirmingOptions & { readonly resume?: boolean; readonly rollback?: boolean }>(
        "deploy [path]",
        "bring an environment to what the program, or a saved plan, says; asks first",
        async (options, [path]) => {
          const { deploy } = await import("./commands/deploy.ts");
          return deploy({ ...options, path: path ?? "." }, io);
        },
      ),
    ),
  )
    .addOption(
      new Option("--resume", "go on with the last deployment, where it did not end well").conflicts([
        "rollback",
        ...NARROWING,
      ]),
    )
    .addOption(new Option("--rollback", "go back to the last good deployment").conflicts(NARROWING))
    .hook("preAction", (_, command) => {
      const [path = "."] = command.args;
      const others = ["env", "param", ...NARROWING, "resume", "rollback"];
      const other = isSavedPlan(path) && command.options.find((each) => isGiven(command, each, others));
      if (other) command.error(`error: option '${other.flags}' cannot be used with a saved plan, which says all`);
    });

  withConfirming(
    add<EnvironmentOptions & ConfirmingOptions & { readonly allowDestroy?: readonly string[] }>(
      "destroy [path]",
      "remove what was deployed; rows stay, and what others may stand on",
      async (options, [path]) => {
        const { destroy } = await import("./commands/destroy.ts");
        return destroy({ ...options, path: path ?? "." }, io);
      },
    )
      .addOption(deployedEnvironmentOption())
      .addOption(paramOption())
      .addOption(allowDestroyOption("remove the rows of this table too: gold.orders; may be repeated")),
  );

  add<EnvironmentOptions>(
    "doctor [path]",
    "see whether you may deploy to an environment, and what is missing",
    async (options, [path]) => {
      const { doctor } = await import("./commands/doctor.ts");
      return doctor({ ...options, path: path ?? "." }, io);
    },
  )
    .addOption(deployedEnvironmentOption())
    .addOption(paramOption());

  add<{ readonly check?: boolean; readonly diff?: boolean }>(
    "fmt [path...]",
    "write programs in the one canonical form; - reads standard input",
    async (options, paths) => {
      const { fmt } = await import("./commands/fmt.ts");
      return fmt({ ...options, paths: paths.length === 0 ? ["."] : paths }, io);
    },
  )
    .option("--check", "change nothing; exit with 2 where something would change")
    .option("--diff", "change nothing; print what would change, exit with 2 where there is any");

  add("explain <code>", "say what a diagnostic means and what to do about it", async (_options, [code]) => {
    const { explain } = await import("./commands/explain.ts");
    return explain({ code: code ?? "" });
  });

  const importing = add<{ readonly out?: string }>(
    "import <from> <folder>",
    "write the program of a data factory in git: sources, bronze tables, schedule",
    async (options, [, folder]) => {
      const { importProgram } = await import("./commands/import.ts");
      return importProgram({ ...options, folder: folder ?? "." }, io);
    },
  ).option("-o, --out <file>", "where to write (default: standard output)", pathOption);
  importing.registeredArguments[0]?.choices(["adf"]);

  add<{ readonly ci?: readonly CiService[] }>(
    "init [folder]",
    "write a small project to start from",
    async (options, [folder]) => {
      const { init } = await import("./commands/init.ts");
      return init({ ...options, folder: folder ?? "." }, io);
    },
  ).addOption(ciOption());

  return program;
}

interface WatchOptions {
  readonly watch?: boolean;
}

interface RunOnlyOptions extends EngineOptions {
  readonly select?: readonly string[];
  readonly full?: boolean;
}

interface EnvironmentOptions {
  readonly env?: string;
  readonly param?: readonly ParamArgument[];
}

interface PlanningOptions extends EnvironmentOptions {
  readonly select?: readonly string[];
  readonly adopt?: readonly string[];
  readonly allowDestroy?: readonly string[];
}

/** What says which part of the program is deployed: none for what deployments before are to be brought about. */
const NARROWING = ["select", "adopt", "allowDestroy"];

function isGiven(command: Command, option: Option, names: readonly string[]): boolean {
  const name = option.attributeName();
  return names.includes(name) && command.getOptionValue(name) !== undefined;
}

function planFileOption(): Option {
  return new Option("-o, --out <file.json>", "save the plan, for `medalc deploy FILE.json`").argParser(
    (text: string) => {
      if (!isSavedPlan(text)) throw new InvalidArgumentError("Expected a file whose name ends in .json.");
      return text;
    },
  );
}

interface ConfirmingOptions {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

function withPlanning(command: Command): Command {
  const adopt = new Option(
    "--adopt <object>",
    "take over what is in the way, by its name in the plan; may be repeated",
  );
  return command
    .addOption(deployedEnvironmentOption())
    .addOption(paramOption())
    .addOption(selectOption())
    .addOption(adopt.argParser(repeated("Expected the name of an object, adf/pipeline/pl_olist.", /^\w+\/\w+\/./)))
    .addOption(
      allowDestroyOption("remove the rows of a table that the program has no more: gold.orders; may be repeated"),
    );
}

function withConfirming(command: Command): Command {
  return command.option("-y, --yes", "do not ask").option("--dry-run", "say what would be done, and change nothing");
}

function deployedEnvironmentOption(): Option {
  return environmentOption("the environment of medal.json (default: the first but local)");
}

function allowDestroyOption(description: string): Option {
  const parser = repeated("Expected a table with its layer, gold.orders.", /^(bronze|silver|gold)\.\w+$/);
  return new Option("--allow-destroy <table>", description).argParser(parser);
}

/** A text of this form, beside those given before. */
function repeated(expected: string, form: RegExp): (text: string, earlier?: readonly string[]) => readonly string[] {
  return (text, earlier = []) => {
    if (!form.test(text)) throw new InvalidArgumentError(expected);
    return [...earlier, text];
  };
}

function environmentOption(description: string): Option {
  return new Option("-e, --env <name>", description);
}

function selectOption(): Option {
  const description = "only these tables: orders, +gold.orders, silver.orders+, tag:pii, changed:main; may be repeated";
  return new Option("-s, --select <selector>", description).argParser(
    (text: string, earlier: readonly string[] = []) => [...earlier, notEmpty(text, "Expected a table, gold.orders.")],
  );
}

function masterOption(): Option {
  return new Option(
    "--master <url>",
    "build on the Spark that is there: local[4], spark://host:7077, yarn (default: local[*])",
  )
    .implies({ engine: "spark" })
    .argParser((text: string) => {
      if (!MASTER.test(text)) throw new InvalidArgumentError("Expected local[N], spark://HOST:PORT, yarn or k8s://….");
      return text;
    });
}

function memoryOption(): Option {
  const description = "how much memory the engine may use, 4GB (default: half of the machine's, 2GB at most)";
  return new Option("--memory <size>", description).argParser((text: string) => {
    if (!/^\d+(\.\d+)?\s?[kmgt]i?b$/i.test(text)) throw new InvalidArgumentError("Expected a size, 512MB or 4GB.");
    return text;
  });
}

function paramOption(): Option {
  return new Option("--param <name=value>", "a param's value, before that of medal.json; may be repeated").argParser(
    (text: string, earlier: readonly ParamArgument[] = []) => {
      const equals = text.indexOf("=");
      if (equals < 1) throw new InvalidArgumentError("Expected name=value.");
      const value = notEmpty(text.slice(equals + 1), "Expected a value after `=`; an empty text stands in medal.json.");
      return [...earlier, { name: text.slice(0, equals), value }];
    },
  );
}

function ciOption(): Option {
  const description = "the files of a CI service, github or azure, beside the program that is there; may be repeated";
  return new Option("--ci <service>", description).argParser((text: string, earlier: readonly CiService[] = []) => {
    const service = CI_SERVICES.find((each) => each === text);
    if (service === undefined) throw new InvalidArgumentError(`Allowed choices are ${CI_SERVICES.join(", ")}.`);
    return [...earlier, service];
  });
}

function pathOption(text: string): string {
  return notEmpty(text, "Expected a file or a folder.");
}

/** An empty text on the command line is most often a variable of the shell that is not set. */
function notEmpty(text: string, expected: string): string {
  if (text === "") throw new InvalidArgumentError(expected);
  return text;
}

function positiveNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("Expected a number of rows.");
  return Number(text);
}
