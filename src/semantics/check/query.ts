/**
 * Checks a query of one relation of a checked program: a filter and an order. Its expressions are checked as the steps of a
 * table that reads the relation, so that they mean the same as in the program.
 */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { Name, Step, TableDeclaration } from "../../parser/ast.ts";
import { parseStep } from "../../parser/parse.ts";
import type { SourceFile, Span } from "../../source.ts";
import { STRING } from "../../types.ts";
import type { CheckedProgram, Signature } from "../model.ts";
import { EMPTY_SCOPE } from "../scope.ts";
import type { Expr, SortKeyExpr } from "../typed.ts";
import { openSignature } from "./pipeline.ts";
import { checkTable } from "./table.ts";

export interface QueryTexts {
  /** What follows `where`: `price > 10`. Diagnostics point into these files. */
  readonly where?: SourceFile;
  /** What follows `sort`: `price desc, name`. */
  readonly sort?: SourceFile;
}

export interface CheckedQuery {
  readonly diagnostics: readonly Diagnostic[];
  readonly where?: Expr;
  /** Ends with all columns, so that the order is total. Empty if no order was requested. */
  readonly order: readonly SortKeyExpr[];
}

/** The columns of every quarantine table. */
export const QUARANTINE_COLUMNS = ["source", "reason", "record"].map((name) => ({
  name,
  type: STRING,
  nullable: name === "record",
}));

/** `relation` is one of the program's, or `quarantine.` and one of them. */
export function checkQuery(relation: string, { where, sort }: QueryTexts, program: CheckedProgram): CheckedQuery {
  const span: Span = { file: "", start: 0, end: 0 };
  const name = (text: string): Name => ({ kind: "name", text, span });
  const dot = relation.indexOf(".");
  const parts = { layer: name(relation.slice(0, dot)), name: name(relation.slice(dot + 1)) };
  const filter = where && parseStep("where", where);
  const order = sort && parseStep("sort", sort);
  const steps: Step[] = [{ kind: "from", relation: { kind: "relation", ...parts, span }, alias: name("row"), span }];
  if (filter) steps.push(filter.step);
  // Before a `take` the order is total.
  if (order) steps.push(order.step, { kind: "take", count: { kind: "number", text: "1", span }, span });
  const declaration: TableDeclaration = { kind: "table", doc: undefined, layer: "gold", name: name(""), steps, span };

  const found: Diagnostic[] = [...(filter?.diagnostics ?? []), ...(order?.diagnostics ?? [])];
  const { relations } = program.bindings;
  const checked = checkTable(declaration, {
    bindings: { ...program.bindings, relations: new Map([...relations, [relation, declaration]]) },
    signatureOf: (asked) => signatureIn(program, asked),
    report: (problem) => found.push(problem),
  });
  const files = new Set([where?.path, sort?.path]);
  const typed = checked.steps.find((each) => each.kind === "where");
  return {
    diagnostics: found.filter((each) => files.has(each.span.file)),
    ...(typed ? { where: typed.condition } : {}),
    order: checked.steps.flatMap((each) => (each.kind === "sort" ? each.keys : [])),
  };
}

function signatureIn({ bronze, tables }: CheckedProgram, relation: string): Signature | undefined {
  if (relation.startsWith("quarantine.")) return quarantineSignature(relation);
  return [...bronze, ...tables].find(({ signature }) => signature.relation === relation)?.signature;
}

function quarantineSignature(relation: string): Signature {
  const span: Span = { file: "", start: 0, end: 0 };
  const columns = QUARANTINE_COLUMNS.map((column, attribute) => ({
    ...column,
    doc: undefined,
    tags: [],
    span,
    attribute,
    homes: [],
  }));
  const grain = { ...EMPTY_SCOPE.grain, keys: [columns.map(({ attribute }) => attribute)] };
  return { ...openSignature(relation, span), columns, grain, attributeCount: columns.length, open: false };
}
