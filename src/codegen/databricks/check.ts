/** Checks the limits and rules of Databricks. */
import { type Diagnostic, diagnostic } from "../../diagnostics/diagnostic.ts";
import { builtTables, type Program, qualifiedName, type ServicePlan } from "../../plan/program.ts";
import { services } from "../../semantics/settings.ts";
import type { Span } from "../../source.ts";
import { safeName } from "../shared/names.ts";
import { clientSecretOf, lakeAccess } from "../shared/required-access.ts";
import { placeOf, requiredText, settingText } from "../shared/settings.ts";
import type { EmitContext, EnvironmentValues, TargetCheck } from "../target.ts";
import { checkCatalog } from "./catalog-check.ts";
import { computeKind, JOB_CLUSTER_SETTINGS } from "./compute.ts";
import { workersOf, workspaceUrl } from "./environment.ts";
import { CLIENT_SETTINGS, REQUIRED_CLIENT_SETTINGS } from "./lake-access.ts";

/** The first version with Spark 4, which the notebooks need. */
const OLDEST_RUNTIME = 17;

const SPECS = services.compute?.databricks;

/** Delta allows these characters only with column mapping, which Synapse cannot read. */
const NOT_IN_COLUMNS = /[ ,;{}()\n\t=]/;

const NODE = /^[A-Za-z][A-Za-z0-9_]*$/;
const WORKSPACE = /^https:\/\/[a-z0-9-]+(\.[a-z0-9-]+)+$/i;

export const databricksCheck: TargetCheck = {
  id: "databricks",
  applies: (program) => program.compute?.kind === "databricks",
  check: (program, context) => (program.compute ? checkDatabricks(program, program.compute, context) : []),
};

function checkDatabricks(program: Program, compute: ServicePlan, context: EmitContext): readonly Diagnostic[] {
  const problems = new Map<string, Diagnostic>();
  const add = (problem: Diagnostic): void => void problems.set(`${problem.span.start} ${problem.message}`, problem);
  const environments = [context.environment, ...context.environments];
  for (const environment of environments) {
    const text = (name: string): string => requiredText(compute.settings, name, environment);
    const at = (name: string): Span => placeOf(program, compute, name);
    const workspace = workspaceUrl(compute, environment);
    if (!WORKSPACE.test(workspace)) {
      add(diagnostic("databricks-workspace", at("workspace"), { workspace: text("workspace") }));
    }
    if (computeKind(compute, environment) !== "job") continue;
    const runtime = text("runtime");
    const [, major] = /^(\d{1,3})\.\d{1,3}( LTS)?$/.exec(runtime) ?? [];
    if (major === undefined || Number(major) < OLDEST_RUNTIME) {
      add(diagnostic("databricks-runtime", at("runtime"), { runtime }));
    }
    if (!NODE.test(text("node"))) add(diagnostic("databricks-node", at("node"), { node: text("node") }));
    if (workersOf(compute, environment) === undefined) {
      add(diagnostic("databricks-workers", at("workers"), { workers: text("workers") }));
    }
  }
  for (const problem of withoutEffect(program, compute, environments)) add(problem);
  for (const problem of accessProblems(program, compute, environments)) add(problem);
  for (const problem of checkCatalog(program, compute)) add(problem);
  for (const problem of checkColumnNames(program)) add(problem);
  return [...problems.values()];
}

/** Settings that no environment uses: of a job cluster without one, and of its nodes where a pool decides. */
function withoutEffect(
  program: Program,
  compute: ServicePlan,
  environments: readonly EnvironmentValues[],
): readonly Diagnostic[] {
  const given = (name: string): boolean => {
    const setting = compute.settings[name];
    return setting !== undefined && JSON.stringify(setting) !== JSON.stringify(SPECS?.[name]?.default);
  };
  const report = (name: string, why: string): Diagnostic =>
    diagnostic("databricks-setting-unused", placeOf(program, compute, name), { name, why });
  const clusters = new Set(environments.map((each) => requiredText(compute.settings, "cluster", each)));
  if (!clusters.has("job")) {
    const why = clusters.has("serverless") ? "serverless compute has no cluster" : "the cluster exists already";
    return JOB_CLUSTER_SETTINGS.filter(given).map((name) => report(name, why));
  }
  const hasPool = environments.every((each) => settingText(compute.settings.pool, each) !== undefined);
  return hasPool ? ["node", "spot"].filter(given).map((name) => report(name, "the instance pool decides it")) : [];
}

/** A name that is safe in a reference to a secret: `{{secrets/scope/key}}`. */
const SECRET_NAME = /^[\w@.-]{1,128}$/;

/** What access by a service principal needs; what it does not use with Unity Catalog. */
function accessProblems(
  program: Program,
  compute: ServicePlan,
  environments: readonly EnvironmentValues[],
): readonly Diagnostic[] {
  const { settings, span } = compute;
  if (lakeAccess(program) === "unity_catalog") {
    const why = "with Unity Catalog the cluster does not sign in to the lake";
    return CLIENT_SETTINGS.filter((name) => settings[name] !== undefined).map((name) =>
      diagnostic("databricks-setting-unused", placeOf(program, compute, name), { name, why }),
    );
  }
  const missing = REQUIRED_CLIENT_SETTINGS.filter((name) => settings[name] === undefined);
  if (missing.length > 0) return [diagnostic("databricks-access-missing", span, { missing: missing.join(", ") })];
  return environments.flatMap((environment) => {
    if (computeKind(compute, environment) === "serverless") {
      return [diagnostic("databricks-access-serverless", placeOf(program, compute, "cluster"), {})];
    }
    const { scope = "", key = "" } = clientSecretOf(program, environment) ?? {};
    const wrong = [scope, key].find((name) => !SECRET_NAME.test(name));
    return wrong === undefined ? [] : [diagnostic("databricks-secret-name", span, { name: wrong })];
  });
}

/**
 * The columns that a notebook cannot write, each at the first table with it: a name from bronze is that of the source, and
 * this table is the first that can rename it.
 */
export function checkColumnNames(program: Program): readonly Diagnostic[] {
  const bronze = new Set(program.bronze.flatMap((table) => table.columns.map(({ span }) => placeKey(span))));
  const found = new Map<string, Diagnostic>();
  for (const table of builtTables(program)) {
    for (const { name, span } of table.columns) {
      const key = placeKey(span);
      if (!NOT_IN_COLUMNS.test(name) || found.has(key)) continue;
      const params = { name };
      const hint = `Give it another name in ${qualifiedName(table)}: \`select { ${safeName(name)} = \`${name}\`, … }\`. In bronze it keeps the name that the source sends.`;
      found.set(
        key,
        bronze.has(key)
          ? diagnostic("databricks-column-name", table.span, params, { hint })
          : diagnostic("databricks-column-name", span, params),
      );
    }
  }
  return [...found.values()];
}

function placeKey({ file, start }: Span): string {
  return `${file} ${start}`;
}
