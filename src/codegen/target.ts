/** The interface of a target: a pure function from the program to files, and a check of the target's limits. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Program } from "../plan/program.ts";
import type { OutputFile } from "./files.ts";
import type { CloudName } from "./shared/cloud.ts";

export interface TargetCheck {
  /** The name of its folder in the output: `adf`, `databricks`, `synapse`, `lineage`. */
  readonly id: string;
  /** Whether the program uses the target (by a project setting, for example). */
  applies(program: Program): boolean;
  /** The service's limits and name rules, each with locations in the program. No error here means that `emit` succeeds. */
  check(program: Program, context: EmitContext): readonly Diagnostic[];
}

export interface Target extends TargetCheck {
  emit(program: Program, context: EmitContext): readonly OutputFile[];
}

export interface EmitContext {
  /** The environment whose values are used in files that cannot have parameters. */
  readonly environment: EnvironmentValues;
  /** Every deployable environment (all but `local`), by name; for parameter files. */
  readonly environments: readonly EnvironmentValues[];
}

export interface EnvironmentValues {
  readonly name: string;
  /** The Azure cloud; the public one by default. */
  readonly cloud?: CloudName;
  /** A value for every param of the program that has one. */
  readonly params: Readonly<Record<string, string | number | boolean>>;
}
