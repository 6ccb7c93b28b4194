/** The compiler as a library. It runs wherever a `CompilerHost` is available, including browsers. */
export { type Emitted, emitAll } from "./codegen/emit.ts";
export type { OutputFile } from "./codegen/files.ts";
export type { EmitContext, EnvironmentValues } from "./codegen/target.ts";
export { type CheckResult, check, plan } from "./compile.ts";
export { type Diagnostic, hasErrors } from "./diagnostics/diagnostic.ts";
export type { CompilerHost } from "./host.ts";
export type { Program } from "./plan/program.ts";
export type { SourceFile, Span } from "./source.ts";
