/**
 * The common part of all commands. A command is a function from its options to a result; only `execute` prints results,
 * chooses the exit code and catches unexpected errors.
 */
import { COMMAND_LINE } from "../config/environment.ts";
import { type Diagnostic, diagnostic, hasErrors, type Severity, sorted } from "../diagnostics/diagnostic.ts";
import { isFailure } from "../runner/errors.ts";
import type { SourceFile } from "../source.ts";
import { VERSION } from "../version.ts";
import type { Io, Output } from "./io.ts";
import { systemProblem } from "./system-errors.ts";

export const EXIT = {
  ok: 0,
  /** Errors in the program or its configuration. */
  errors: 1,
  /** `fmt --check`, `plan --detailed-exitcode` and the like found changes. */
  changes: 2,
  /** An expectation failed. */
  expectation: 3,
  /** A run or deployment failed partway. */
  failed: 4,
  usage: 64,
  /** A bug in medalc. */
  bug: 70,
  /** Standard output was closed by its reader, `medalc show … | head`: what shells report for SIGPIPE. */
  closedPipe: 141,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const FORMATS = ["text", "json", "sarif", "github"] as const;
export type Format = (typeof FORMATS)[number];

/** The options that every command has. */
export interface CommonOptions {
  readonly format: Format;
  readonly debug?: boolean;
}

export interface CommandResult {
  readonly diagnostics: readonly Diagnostic[];
  /** The source files that diagnostics refer to, by path. */
  readonly sources: ReadonlyMap<string, SourceFile>;
  /** The result, as text for people and as plain data for `--json`. */
  readonly answer?: Answer;
  /** A summary, printed last. */
  readonly closing?: string;
  /** If it does not follow from the diagnostics. */
  readonly exitCode?: ExitCode;
}

export interface Answer {
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Version of the `--json` documents, incremented by every incompatible change. */
const JSON_VERSION = 1;

const REPORT_TO = "the issues of the project";

/** Runs a command and prints its result. Resolves to the exit code; never rejects. */
export async function execute(
  name: string,
  command: () => Promise<CommandResult>,
  options: CommonOptions,
  io: Io,
): Promise<ExitCode> {
  io.reportUncaught(async (error) => finishOutput(await reportThrown(name, error, options, io), io));
  try {
    const result = await command();
    await print(name, result, options.format, io);
    return result.exitCode ?? exitCodeOf(result.diagnostics);
  } catch (error) {
    return reportThrown(name, error, options, io);
  }
}

/** Reports an error that a command does not expect: of the system it is a diagnostic, any other is a bug. */
export async function reportThrown(name: string, error: unknown, options: CommonOptions, io: Io): Promise<ExitCode> {
  const problems = isFailure(error) ? error.diagnostics : [systemProblem(error) ?? []].flat();
  if (problems.length > 0) {
    await print(name, { diagnostics: problems, sources: new Map() }, options.format, io);
    return EXIT.errors;
  }
  return reportBug(error, options.debug === true, io);
}

/** Waits until all output is flushed. If standard output failed, a successful command gets another exit code. */
export async function finishOutput(code: ExitCode, io: Io): Promise<ExitCode> {
  await io.stdout.flush();
  const problem = io.stdout.problem();
  if (problem === undefined) {
    await io.stderr.flush();
    return code;
  }
  if ("code" in problem && problem.code === "EPIPE") return code === EXIT.ok ? EXIT.closedPipe : code;
  const found = diagnostic("unwritable-file", COMMAND_LINE, { path: "standard output", problem: problem.message });
  await printText([found], new Map(), io.stderr, []);
  await io.stderr.flush();
  return code === EXIT.ok ? EXIT.errors : code;
}

/** An error on the command line is a usage error. */
function exitCodeOf(diagnostics: readonly Diagnostic[]): ExitCode {
  if (!hasErrors(diagnostics)) return EXIT.ok;
  return diagnostics.some((each) => each.severity === "error" && each.span === COMMAND_LINE) ? EXIT.usage : EXIT.errors;
}

async function print(name: string, result: CommandResult, format: Format, io: Io): Promise<void> {
  const diagnostics = sorted(result.diagnostics);
  if (format !== "text") {
    io.stdout.write(await document(name, { ...result, diagnostics }, format));
    return;
  }
  const { sources, answer, closing } = result;
  if (name === "check") {
    // Diagnostics are the result of a check, so they go to standard output.
    await printText(diagnostics, sources, io.stdout, ["info"]);
    if (answer !== undefined) io.stdout.write(answer.text);
  } else {
    if (answer !== undefined) io.stdout.write(answer.text);
    const shown = diagnostics.filter((each) => each.severity !== "info");
    await printText(shown, sources, io.stderr, ["warning"]);
  }
  if (closing !== undefined) io.stderr.write(`${closing}\n`);
}

async function printText(
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, SourceFile>,
  output: Output,
  brief: readonly Severity[],
): Promise<void> {
  if (diagnostics.length === 0) return;
  const { countText, renderText } = await import("../diagnostics/render-text.ts");
  output.write(renderText(diagnostics, sources, { color: output.hasColor, width: output.width, brief }));
  const count = countText(diagnostics);
  if (count !== "") output.write(`\n${count}\n`);
}

async function document(
  command: string,
  { diagnostics, sources, answer }: CommandResult,
  format: Exclude<Format, "text">,
): Promise<string> {
  switch (format) {
    case "github":
      return (await import("../diagnostics/render-github.ts")).renderGithub(diagnostics, sources);
    case "sarif":
      return json((await import("../diagnostics/render-sarif.ts")).sarifLog(diagnostics, sources));
    case "json": {
      const { jsonDiagnostic } = await import("../diagnostics/render-json.ts");
      return json({
        version: JSON_VERSION,
        command,
        ...answer?.data,
        diagnostics: diagnostics.map((each) => jsonDiagnostic(each, sources)),
      });
    }
  }
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function reportBug(error: unknown, withStack: boolean, io: Io): ExitCode {
  const text = error instanceof Error ? error.message : String(error);
  const stack = withStack && error instanceof Error ? `\n${error.stack}` : "";
  io.stderr.write(
    `medalc ${VERSION} crashed because of a bug: ${text}\n` +
      `Please report it to ${REPORT_TO}, with the program if you can share it${withStack ? "" : " and the output with --debug"}${stack}\n`,
  );
  return EXIT.bug;
}
