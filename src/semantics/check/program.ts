/**
 * Checks types, nulls, grain and layers of a program, given its trees and names, which it does not change. Steps: project,
 * params, secrets, sources, functions; bronze tables; the dependency order of tables; then each table after those it reads.
 * Limits of a target are checked by the target.
 */
import { type Diagnostic, diagnostic, mergeCauses } from "../../diagnostics/diagnostic.ts";
import type { FromStep, JoinStep, TableDeclaration } from "../../parser/ast.ts";
import type { Span } from "../../source.ts";
import type { Bindings, CheckedBronze, CheckedProgram, CheckedTable, Signature } from "../model.ts";
import { checkBronze } from "./bronze.ts";
import type { CheckContext } from "./context.ts";
import { checkFunction } from "./function.ts";
import { type ProgramMemory, remembering, usable } from "./incremental.ts";
import { checkParam, checkProject, checkSecret, checkSource } from "./project.ts";
import { checkTable } from "./table.ts";

export function checkProgram(
  bindings: Bindings,
  /** The place at which a missing project is reported. */
  start: Span,
  /** The results of an earlier check of the program, for reuse. */
  before?: ProgramMemory,
): { readonly program: CheckedProgram; readonly diagnostics: readonly Diagnostic[]; readonly memory: ProgramMemory } {
  const diagnostics: Diagnostic[] = [];
  const signatures = new Map<string, Signature>();
  const context: CheckContext = {
    bindings,
    report: (found) => diagnostics.push(found),
    signatureOf: (relation) => signatures.get(relation),
  };
  if (!bindings.project) context.report(diagnostic("missing-project", start, {}));

  const project = bindings.project && checkProject(bindings.project, context);
  const params = [...bindings.params.values()].map((each) => checkParam(each, context));
  const secrets = [...bindings.secrets.values()].map((each) => checkSecret(each, context));
  const sources = [...bindings.sources.values()].flatMap((each) => checkSource(each, context) ?? []);
  for (const each of bindings.functions.values()) checkFunction(each, context);

  const last = usable(before, bindings);
  const bronzeTables = remembering(checkBronze, context, last?.bronze);
  const bronze: CheckedBronze[] = [];
  const declarations: TableDeclaration[] = [];
  for (const [relation, declaration] of bindings.relations) {
    if (declaration.kind === "table") {
      declarations.push(declaration);
      continue;
    }
    const checked = bronzeTables.check(relation, declaration);
    bronze.push(checked);
    signatures.set(relation, checked.signature);
  }
  const otherTables = remembering(checkTable, context, last?.tables);
  const tables: CheckedTable[] = [];
  for (const declaration of inOrder(declarations, context)) {
    const checked = otherTables.check(nameOf(declaration), declaration);
    tables.push(checked);
    signatures.set(checked.signature.relation, checked.signature);
  }
  return {
    program: { bindings, project, params, secrets, sources, bronze, tables },
    diagnostics: mergeCauses(diagnostics),
    memory: { bindings, bronze: bronzeTables.memory, tables: otherTables.memory },
  };
}

function nameOf(table: TableDeclaration): string {
  return `${table.layer}.${table.name.text}`;
}

/** The steps that read another relation. */
function readingSteps(table: TableDeclaration): readonly (FromStep | JoinStep)[] {
  return table.steps.filter((each): each is FromStep | JoinStep => each.kind === "from" || each.kind === "join");
}

function relationOf(step: FromStep | JoinStep): string {
  return `${step.relation.layer.text}.${step.relation.name.text}`;
}

/** A table on the current path, with its reading steps and the index of the next one. */
interface Visit {
  readonly table: TableDeclaration;
  readonly steps: readonly (FromStep | JoinStep)[];
  next: number;
}

function visit(table: TableDeclaration): Visit {
  return { table, steps: readingSteps(table), next: 0 };
}

/** Each table after those it reads, otherwise in source order. A cycle is reported once, at its first table. */
function inOrder(tables: readonly TableDeclaration[], context: CheckContext): readonly TableDeclaration[] {
  const byName = new Map(tables.map((each) => [nameOf(each), each]));
  const ordered: TableDeclaration[] = [];
  const done = new Set<TableDeclaration>();

  for (const root of tables) {
    /** From the root to the current table. */
    const path: Visit[] = done.has(root) ? [] : [visit(root)];
    const onPath = new Set([root]);
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const step = top.steps[top.next++];
      if (!step) {
        path.pop();
        onPath.delete(top.table);
        done.add(top.table);
        ordered.push(top.table);
        continue;
      }
      const read = byName.get(relationOf(step));
      if (!read || done.has(read)) continue;
      if (onPath.has(read)) {
        const tables = path.map((each) => each.table);
        reportCycle(tables.slice(tables.indexOf(read)), context);
        continue;
      }
      path.push(visit(read));
      onPath.add(read);
    }
  }
  return ordered;
}

function reportCycle(cycle: readonly TableDeclaration[], context: CheckContext): void {
  const [first] = cycle;
  if (!first) return;
  const next = (at: number) => cycle[(at + 1) % cycle.length] ?? first;
  const related = cycle.flatMap((table, at) => {
    const step = readingSteps(table).find((each) => relationOf(each) === nameOf(next(at)));
    return step ? [{ span: step.relation.span, message: `${nameOf(table)} reads ${nameOf(next(at))}` }] : [];
  });
  const path = [...cycle, first].map(nameOf).join(" -> ");
  context.report(diagnostic("cyclic-tables", first.name.span, { table: nameOf(first), path }, { related }));
}
