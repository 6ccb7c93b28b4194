/** Failures: errors that carry diagnostics to where they are reported. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";

/** An error that consists of diagnostics. */
export interface Failure extends Error {
  readonly diagnostics: readonly Diagnostic[];
}

export function failure(...diagnostics: readonly Diagnostic[]): Failure {
  return Object.assign(new Error(diagnostics.map(({ message }) => message).join("; ")), { diagnostics });
}

export function isFailure(error: unknown): error is Failure {
  return error instanceof Error && "diagnostics" in error;
}

/** Whether an error comes from the file system, with one of these codes. */
export function isFileError(error: unknown, ...codes: readonly string[]): boolean {
  const code = codeOf(error);
  return code !== undefined && codes.includes(code);
}

/** Whether an error comes from a call of the operating system. */
export function isSystemError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error && "errno" in error;
}

/** The code of an error of Node or of a driver: `ENOENT`, `ECONNREFUSED`, `28P01`. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  return codeOf(error.cause);
}

/** The message of an error in one line, with the message of its cause. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error instanceof AggregateError ? error.errors[0] : error.cause;
  const own = error.message.split("\n", 1)[0] ?? "";
  const deeper = cause === undefined ? "" : messageOf(cause);
  return deeper === "" || own.includes(deeper) ? own : own === "" ? deeper : `${own}: ${deeper}`;
}
