/**
 * Lowers the checked program to the plan: collects the results of the checks, which are stored next to the syntax tree,
 * as plain data. Makes no decisions.
 */
import type { CheckedBronze, CheckedProgram, CheckedTable } from "../semantics/model.ts";
import type { BronzePlan, KeyCheck, ParamPlan, Program, SecretPlan, SourcePlan, TablePlan } from "./program.ts";
import { isStored, storedPlan } from "./stored.ts";

/** The plan of a program without errors. Throws for a program with errors. */
export function lower(checked: CheckedProgram): Program {
  const { project } = checked;
  const lake = project?.services.get("lake");
  if (!project || !lake) throw new Error("a program without a lake cannot be lowered");
  const service = (name: string) => {
    const found = project.services.get(name);
    return found ? { [name]: found } : {};
  };
  const bronzeKeys = bronzeKeyChecks(checked);
  return {
    name: project.declaration.name.text,
    ...described(project.declaration.doc),
    span: project.declaration.name.span,
    lake,
    ...service("ingest"),
    ...service("compute"),
    ...service("serve"),
    ...service("notify"),
    ...(project.schedule ? { schedule: project.schedule } : {}),
    params: byName(checked.params.map(lowerParam)),
    secrets: byName(checked.secrets.map(lowerSecret)),
    sources: checked.sources.map(lowerSource),
    bronze: checked.bronze.map(lowerBronze),
    tables: checked.tables.map((table) => lowerTable(table, bronzeKeys)),
  };
}

function described(doc: string | undefined): { readonly doc?: string } {
  return doc === undefined ? {} : { doc };
}

function byName<T extends { readonly name: string }>(items: readonly T[]): readonly T[] {
  return [...items].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function lowerParam({ declaration, type, value }: CheckedProgram["params"][number]): ParamPlan {
  return {
    name: declaration.name.text,
    ...described(declaration.doc),
    type,
    ...(value === undefined ? {} : { value }),
    span: declaration.name.span,
  };
}

function lowerSecret({ declaration, vault, key }: CheckedProgram["secrets"][number]): SecretPlan {
  return { name: declaration.name.text, ...described(declaration.doc), vault, key, span: declaration.name.span };
}

function lowerSource({ declaration, kind, settings }: CheckedProgram["sources"][number]): SourcePlan {
  return { name: declaration.name.text, ...described(declaration.doc), kind, settings, span: declaration.name.span };
}

function lowerBronze(bronze: CheckedBronze): BronzePlan {
  const { declaration, object, load, columns, key, reject } = bronze;
  if (!object) throw new Error(`bronze.${declaration.name.text} was not understood and cannot be lowered`);
  return {
    name: declaration.name.text,
    ...described(declaration.doc),
    source: declaration.source.text,
    object,
    load,
    columns,
    ...(key ? { key: key.columns } : {}),
    ...(reject ? { reject } : {}),
    ...(isStored(bronze) ? { stored: storedPlan(bronze) } : {}),
    span: declaration.name.span,
  };
}

/**
 * The declared keys of bronze tables by relation. Every table that reads one checks its key, because it may be built
 * alone; the key of a stored table is checked when that is built.
 */
function bronzeKeyChecks({ bronze }: CheckedProgram): ReadonlyMap<string, KeyCheck> {
  const checks = new Map<string, KeyCheck>();
  for (const each of bronze) {
    const { key, signature } = each;
    if (key && !isStored(each))
      checks.set(signature.relation, { relation: signature.relation, columns: key.columns, span: key.span });
  }
  return checks;
}

function lowerTable(table: CheckedTable, bronzeKeys: ReadonlyMap<string, KeyCheck>): TablePlan {
  const { declaration, signature, uncertainKey } = table;
  const own = uncertainKey ? [{ relation: signature.relation, ...uncertainKey }] : [];
  return {
    layer: declaration.layer,
    name: declaration.name.text,
    ...described(declaration.doc),
    reads: table.reads,
    steps: table.steps,
    columns: table.columns,
    keys: table.keys,
    keyChecks: [...table.reads.flatMap((each) => bronzeKeys.get(each) ?? []), ...own],
    span: declaration.name.span,
  };
}
