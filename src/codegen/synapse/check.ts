/** Checks the limits and rules of a serverless SQL pool. */
import { type Diagnostic, diagnostic } from "../../diagnostics/diagnostic.ts";
import type { Program, ServicePlan, TablePlan } from "../../plan/program.ts";
import { qualifiedName } from "../../plan/program.ts";
import type { Span } from "../../source.ts";
import { requiredText } from "../shared/settings.ts";
import type { EnvironmentValues, TargetCheck } from "../target.ts";

/** In UTF-16 code units, like the server. */
const LONGEST_NAME = 128;

const MOST_COLUMNS = 1024;

const systemDatabases = new Set(["master", "tempdb", "model", "msdb", "default"]);

export const synapseCheck: TargetCheck = {
  id: "synapse",
  applies: (program) => program.serve?.kind === "synapse",
  check: (program, context) => (program.serve ? checkSynapse(program, program.serve, context.environment) : []),
};

function checkSynapse(program: Program, serve: ServicePlan, environment: EnvironmentValues): readonly Diagnostic[] {
  const gold = program.tables.filter((table) => table.layer === "gold");
  return [
    ...checkDatabase(requiredText(serve.settings, "database", environment), serve.span),
    ...gold.flatMap(checkTable),
  ];
}

function checkDatabase(name: string, span: Span): readonly Diagnostic[] {
  if (name === "" || systemDatabases.has(name.toLowerCase())) {
    return [diagnostic("synapse-database-name", span, { name })];
  }
  return checkName("the database", name, span);
}

function checkTable(table: TablePlan): readonly Diagnostic[] {
  const name = qualifiedName(table);
  const { span } = table;
  const count = table.columns.length;
  return [
    ...checkName("the view", table.name, span),
    ...(count > MOST_COLUMNS ? [diagnostic("synapse-too-many-columns", span, { name, count })] : []),
    ...table.columns.flatMap((column) => checkName("the column", column.name, column.span)),
  ];
}

function checkName(what: string, name: string, span: Span): readonly Diagnostic[] {
  if (name.length > LONGEST_NAME) {
    return [diagnostic("synapse-name-too-long", span, { what, name, length: name.length })];
  }
  return /[\p{Cc}\u2028\u2029]/u.test(name) ? [diagnostic("synapse-name-character", span, { what, name })] : [];
}
