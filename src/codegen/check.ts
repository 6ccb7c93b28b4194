/**
 * The checks of all targets. Separate from code generation, so that `medalc check` does not have to generate files. A
 * target's check is a line here.
 */
import { type Diagnostic, diagnostic } from "../diagnostics/diagnostic.ts";
import { type Program, qualifiedName } from "../plan/program.ts";
import { adfCheck } from "./adf/check.ts";
import { databricksCheck } from "./databricks/check.ts";
import { checkEnvironments } from "./shared/environments.ts";
import { checkLake } from "./shared/lake.ts";
import { checkNotify } from "./shared/notify.ts";
import { synapseCheck } from "./synapse/check.ts";
import type { EmitContext, TargetCheck } from "./target.ts";

const targetChecks: readonly TargetCheck[] = [adfCheck, databricksCheck, synapseCheck];

/** Runs the checks of the targets that apply. Without an error here, only file paths can still collide. */
export function checkTargets(
  program: Program,
  context: EmitContext,
  checks: readonly TargetCheck[] = targetChecks,
): readonly Diagnostic[] {
  const applying = checks.filter((target) => target.applies(program));
  return [
    ...checkLake(program, context),
    ...checkEnvironments(program, context),
    ...checkCompute(program),
    ...checkNotify(program),
    ...applying.flatMap((target) => target.check(program, context)),
  ];
}

/** Data Factory only loads bronze, and Synapse only serves gold: without compute nothing builds silver and gold. */
function checkCompute({ ingest, serve, compute, tables }: Program): readonly Diagnostic[] {
  const [first] = tables;
  const service = ingest ?? serve;
  if (compute !== undefined || service === undefined || first === undefined) return [];
  return [diagnostic("no-compute", service.span, { service: service.kind, table: qualifiedName(first) })];
}
