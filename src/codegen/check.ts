/**
 * What the targets refuse of a program. Apart from what makes their files, so that `medalc check` asks all of them at the
 * cost of the checks alone. A target's check is a line here.
 */
import { type Diagnostic, diagnostic } from "../diagnostics/diagnostic.ts";
import { type Program, qualifiedName } from "../plan/program.ts";
import { adfCheck } from "./adf/check.ts";
import { databricksCheck } from "./databricks/check.ts";
import { checkLake } from "./shared/lake.ts";
import { synapseCheck } from "./synapse/check.ts";
import type { EmitContext, TargetCheck } from "./target.ts";

const targetChecks: readonly TargetCheck[] = [adfCheck, databricksCheck, synapseCheck];

/** What the targets that apply refuse. Without an error here, only the paths of files can still collide. */
export function checkTargets(
  program: Program,
  context: EmitContext,
  checks: readonly TargetCheck[] = targetChecks,
): readonly Diagnostic[] {
  const applying = checks.filter((target) => target.applies(program));
  return [
    ...checkLake(program, context),
    ...checkCompute(program),
    ...applying.flatMap((target) => target.check(program, context)),
  ];
}

/** Data Factory only lands bronze, and Synapse only shows gold: without compute nothing makes the tables between. */
function checkCompute({ ingest, serve, compute, tables }: Program): readonly Diagnostic[] {
  const [first] = tables;
  const service = ingest ?? serve;
  if (compute !== undefined || service === undefined || first === undefined) return [];
  return [diagnostic("no-compute", service.span, { service: service.kind, table: qualifiedName(first) })];
}
