/** The compiler as a library: the same functions that the command line calls. */
export { type CheckResult, check, plan } from "./compile.ts";
export { type Diagnostic, hasErrors } from "./diagnostics/diagnostic.ts";
export type { CompilerHost } from "./host.ts";
export { createNodeHost } from "./node-host.ts";
export type { Program } from "./plan/program.ts";
export type { SourceFile, Span } from "./source.ts";
