/** The command line: the groups of commands, their common options and their help. */
import { Command, Option } from "commander";
import { VERSION } from "../version.ts";
import { type CommandResult, type CommonOptions, type ExitCode, execute, FORMATS } from "./command.ts";
import { addDeploymentCommands } from "./groups/deployment.ts";
import { addHelpCommands } from "./groups/help.ts";
import { addLakeCommands } from "./groups/lake.ts";
import { addLineageCommands } from "./groups/lineage.ts";
import { addProgramCommands } from "./groups/program.ts";
import type { Io } from "./io.ts";
import { rejectEmptyValues, type WatchOptions } from "./options.ts";
import type { CommandEntry, Registry } from "./registry.ts";
import { executeWatching } from "./watch.ts";

const GROUPS: readonly { readonly title: string; readonly addTo: (registry: Registry) => void }[] = [
  { title: "Write a program:", addTo: addProgramCommands },
  { title: "Explore it:", addTo: addLineageCommands },
  { title: "Run it on this machine:", addTo: addLakeCommands },
  { title: "Deploy it to Azure:", addTo: addDeploymentCommands },
  { title: "Help:", addTo: addHelpCommands },
];

/** Added last, so that the help starts with the options of the command itself. */
function addCommonOptions(command: Command): void {
  const common = (option: Option): Option => option.helpGroup("Options of every command:");
  command
    .addOption(common(new Option("--format <format>", "output format").choices(FORMATS).default("text")))
    .addOption(common(new Option("--json", "short for --format json").implies({ format: "json" })))
    .addOption(common(new Option("--debug", "print the stack trace of a bug in the compiler")))
    .addHelpOption(common(new Option("-h, --help", "print help")));
}

/** The parser of the command line. The command that it runs passes its exit code to `finish`. */
export function createCommandLine(io: Io, finish: (code: ExitCode) => void): Command {
  const program = new Command("medalc")
    .description("The compiler for Medal: one typed program from the sources to the lakehouse.")
    .usage("COMMAND [options]")
    .version(VERSION, "-V, --version", "print the version")
    // `--version` of `show` is that of a table.
    .enablePositionalOptions()
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
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .addHelpText(
      "after",
      "\nA path is a file or a folder; the default is the current folder.\n`medalc help COMMAND` describes a command with its options and examples.",
    );

  const add = <Options>(
    entry: CommandEntry,
    run: (options: Options & CommonOptions, args: readonly string[]) => Promise<CommandResult>,
  ): Command => {
    const command = program.command(entry.usage);
    return command
      .description(entry.description)
      .showHelpAfterError(`\`medalc help ${command.name()}\` lists the arguments and options`)
      .addHelpText("after", `\nExamples:\n${entry.examples.map((each) => `  ${each}\n`).join("")}`)
      .action(async () => {
        if (command.args.includes(""))
          command.error("error: an argument is empty; check that the shell variable is set");
        const options = command.opts<Options & CommonOptions & WatchOptions & { readonly json?: boolean }>();
        if (options.json === true && options.format !== "json") {
          command.error(`error: option '--json' cannot be used with option '--format ${options.format}'`);
        }
        const result = () => run(options, command.args);
        const path = command.args[0] ?? ".";
        finish(
          options.watch === true
            ? await executeWatching(command.name(), result, options, path, io)
            : await execute(command.name(), result, options, io),
        );
      });
  };
  for (const { title, addTo } of GROUPS) {
    program.commandsGroup(title);
    addTo({ add, io });
  }
  for (const command of program.commands) {
    addCommonOptions(command);
    rejectEmptyValues(command);
  }
  return program;
}
