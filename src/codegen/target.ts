/** What a target is: a pure function from the program to files, and a check of what it cannot do. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Program } from "../plan/program.ts";
import type { OutputFile } from "./files.ts";
import type { CloudName } from "./shared/cloud.ts";

export interface TargetCheck {
  /** The name of its folder in the output: `adf`, `databricks`, `synapse`, `lineage`. */
  readonly id: string;
  /** Whether the program asks for it (a project setting, say). A target that is not asked for is not run. */
  applies(program: Program): boolean;
  /** The service's limits and name rules, each with its place in the program. No error here means that `emit` succeeds. */
  check(program: Program, context: EmitContext): readonly Diagnostic[];
}

export interface Target extends TargetCheck {
  emit(program: Program, context: EmitContext): readonly OutputFile[];
}

export interface EmitContext {
  /** The environment whose values stand in files that can hold no parameter. */
  readonly environment: EnvironmentValues;
  /** Every deployable environment (all but `local`), by name; for parameter files. */
  readonly environments: readonly EnvironmentValues[];
}

export interface EnvironmentValues {
  readonly name: string;
  /** Where its services are; the public one by default. */
  readonly cloud?: CloudName;
  /** A value for every param of the program that has one. */
  readonly params: Readonly<Record<string, string | number | boolean>>;
}
