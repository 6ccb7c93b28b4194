/** The entry point: runs one command line in this process. */
import { type Command, CommanderError } from "commander";
import { closest } from "../diagnostics/suggest.ts";
import { EXIT, type ExitCode, finishOutput, reportThrown } from "./command.ts";
import { createCommandLine } from "./command-line.ts";
import { type Io, processIo } from "./io.ts";

/** Runs the command line of this process. Sets the exit code instead of exiting, so that all output is flushed. */
export async function main(): Promise<void> {
  const io = processIo();
  // As text until a command runs, which knows the output format.
  io.reportUncaught(async (error) => finishOutput(await reportThrown("medalc", error, { format: "text" }, io), io));
  const code = await runCommandLine(process.argv.slice(2), io);
  process.exitCode = await finishOutput(code, io);
}

/** Runs a command line. Resolves to the exit code; rejects only for a bug outside of a command. */
export async function runCommandLine(args: readonly string[], io: Io): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const program = createCommandLine(io, (code) => {
    exitCode = code;
  });
  if (args[0] === "__complete") {
    const { printCandidates } = await import("./completion/complete.ts");
    await printCandidates(args.slice(1), program, io);
    return EXIT.ok;
  }
  try {
    const requested = args[0] === "help" ? helpArguments(args.slice(1)) : args;
    const [name] = requested;
    if (name !== undefined && !name.startsWith("-") && !program.commands.some((each) => each.name() === name)) {
      program.error(unknownCommand(name, program));
    }
    // Without a command, print the help.
    await program.parseAsync(name === undefined ? ["--help"] : [...requested], { from: "user" });
  } catch (error) {
    // Commander has printed the error. Requested help or version also ends up here, with exit code 0.
    if (!(error instanceof CommanderError)) throw error;
    exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
  return exitCode;
}

/** `medalc help NAME` is `medalc NAME --help`. */
function helpArguments(names: readonly string[]): readonly string[] {
  const [name = "--help"] = names.filter((each) => !each.startsWith("-"));
  return [name, "--help"];
}

function unknownCommand(name: string, program: Command): string {
  const near = closest(
    name,
    program.commands.map((each) => each.name()),
  );
  const suggestion = near === undefined ? "" : `\n(Did you mean ${near}?)`;
  return `error: unknown command '${name}'${suggestion}\n\n\`medalc help\` lists the commands`;
}
