/** The state of a pipeline between two steps, and functions that steps share. */
import { diagnostic } from "../../diagnostics/diagnostic.ts";
import { closest } from "../../diagnostics/suggest.ts";
import type { Expression, NamedExpression, RelationReference, TableDeclaration } from "../../parser/ast.ts";
import type { Span } from "../../source.ts";
import { type Attribute, type Dependency, type Grain, renumberedHome, shifted } from "../grain.ts";
import type { Signature } from "../model.ts";
import { EMPTY_SCOPE, type Entry, entryOf, type Scope } from "../scope.ts";
import type { Expr } from "../typed.ts";
import type { CheckContext } from "./context.ts";
import { attributesOf, changingHomes, entriesIn, homesOf, tagsOf } from "./value-grain.ts";
import { suggested } from "./values.ts";

export interface PipelineContext extends CheckContext {
  readonly table: TableDeclaration;
  /** `silver.orders` */
  readonly relation: string;
  /** Called for each relation that is read. */
  readonly onRead: (relation: string) => void;
}

/** A relation of which nothing is known. */
export function openSignature(relation: string, span: Span): Signature {
  return {
    relation,
    span,
    columns: [],
    grain: EMPTY_SCOPE.grain,
    attributeCount: 0,
    open: true,
    handsOn: undefined,
  };
}

const RANK: Readonly<Record<string, number>> = { bronze: 0, silver: 1, gold: 2 };

/** Resolves a relation; reports one that does not exist or cannot be read, and returns an open one. */
export function resolveRelation(reference: RelationReference, context: PipelineContext): Signature {
  const relation = `${reference.layer.text}.${reference.name.text}`;
  const open = openSignature(relation, reference.span);
  if (reference.layer.text === "" || reference.name.text === "") return open;
  const signature = context.signatureOf(relation);
  if (!context.bindings.relations.has(relation)) {
    const known = context.bindings.relations;
    const elsewhere = Object.keys(RANK)
      .map((layer) => `${layer}.${reference.name.text}`)
      .find((each) => known.has(each));
    context.report(
      diagnostic(
        "unknown-relation",
        reference.span,
        { relation },
        suggested(closest(relation, known.keys()) ?? elsewhere),
      ),
    );
    return open;
  }
  context.onRead(relation);
  if ((RANK[reference.layer.text] ?? 0) > (RANK[context.table.layer] ?? 0)) {
    context.report(diagnostic("layer-backwards", reference.span, { reader: context.relation, relation }));
    return open;
  }
  return signature ?? open;
}

/** A new use of a relation: its columns as entries, its attributes shifted to free numbers. */
export function instantiate(
  signature: Signature,
  alias: string,
  offset: number,
): { readonly entries: readonly Entry[]; readonly grain: Grain } {
  const moved = changingHomes((home) => renumberedHome(home, (each) => each + offset));
  const entries = signature.columns.map(
    ({ name, type, nullable, doc, tags, span, attribute, homes: counted }): Entry => ({
      name,
      type,
      nullable,
      qualifier: undefined,
      alias,
      doc,
      tags,
      span,
      attribute: attribute + offset,
      homes: offset === 0 ? counted : moved(counted),
      merged: false,
    }),
  );
  return { entries, grain: offset === 0 ? signature.grain : shifted(signature.grain, offset) };
}

/**
 * A named column of a step: an existing one under a name, or a new one with the given attribute and a dependency from the
 * columns of its expression.
 */
export function namedEntry(
  name: string,
  value: Expr,
  span: Span,
  scope: Scope,
  attribute: Attribute,
): { readonly entry: Entry; readonly dependency?: Dependency } {
  const same = value.kind === "column" ? entryOf(scope, value) : undefined;
  if (same) return { entry: { ...same, name, span, qualifier: undefined, alias: undefined, merged: false } };
  const used = entriesIn(value, scope);
  const entry: Entry = {
    name,
    type: value.type,
    nullable: value.nullable,
    qualifier: undefined,
    alias: undefined,
    doc: undefined,
    tags: tagsOf(value, used, scope),
    span,
    attribute,
    homes: homesOf(value, scope),
    merged: false,
  };
  return { entry, dependency: { from: attributesOf(used), to: [attribute] } };
}

/** The name of a column in `select` or `group by`: the one before `=`, or the last part of a bare column. */
export function columnName(named: NamedExpression, context: CheckContext): string | undefined {
  if (named.name) return named.name.text === "" ? undefined : named.name.text;
  if (named.value.kind === "path") return named.value.parts.at(-1)?.text || undefined;
  if (named.value.kind !== "missing")
    context.report(diagnostic("unnamed-column", named.span, {}, nameHintOf(named.value)));
  return undefined;
}

/** The name of a column in messages: qualified if another column has the same name. */
export function entryName(entry: Entry, { entries }: Scope): string {
  const isPlain = entries.every((each) => each === entry || each.merged || each.name !== entry.name);
  return entry.alias === undefined || isPlain ? entry.name : `${entry.alias}.${entry.name}`;
}

/** The name of an expression that is a column, for messages; undefined for other expressions. */
export function columnIn(expr: Expr, scope: Scope): string | undefined {
  // Implicit widening is ignored.
  const [operand] = expr.kind === "call" && expr.fn === "widen" ? expr.args : [expr];
  const entry = operand?.kind === "column" ? entryOf(scope, operand) : undefined;
  return entry && entryName(entry, scope);
}

function nameHintOf(value: Expression): { readonly hint?: string } {
  if (
    value.kind === "binary" &&
    value.operator === "==" &&
    value.left.kind === "path" &&
    value.left.parts.length === 1
  ) {
    return { hint: "`==` compares; name a column with `=`: `name = expression`." };
  }
  if (value.kind === "unary" && value.operator === "-") {
    return {
      hint: "Write `name = expression`. To continue a subtraction on the next line, write a space after the minus: `- x`.",
    };
  }
  return {};
}

/** The column names of attributes, for messages; `…` for hidden attributes. */
export function attributeNames(attributes: readonly Attribute[], scope: Scope): string {
  if (attributes.length === 0) return "table";
  const names = attributes.map((attribute) => {
    const entry = scope.entries.find((each) => each.attribute === attribute);
    return entry && entryName(entry, scope);
  });
  const known = [...new Set(names.map((each) => each ?? "…"))];
  return known.every((each) => each === "…") ? "row" : known.sort(byEllipsisLast).join(", ");
}

/** The maximum number of names in a list. */
const MOST_NAMES = 4;

/** Names separated by commas, truncated: `a, b, c and 14 more`. */
export function listed(names: string): string {
  const all = names.split(", ");
  return all.length <= MOST_NAMES
    ? names
    : `${all.slice(0, MOST_NAMES - 1).join(", ")} and ${all.length - MOST_NAMES + 1} more`;
}

/** Whether listing all columns would be less clear than saying that it is all of them. */
export function isWide(columns: readonly unknown[]): boolean {
  return columns.length >= MOST_NAMES;
}

/** The key with the fewest columns, preferably visible ones; the declared key if there are several. */
export function shortestKey({ grain, entries }: Scope): readonly Attribute[] {
  const shown = new Set(entries.map((each) => each.attribute));
  const hidden = (key: readonly Attribute[]) => key.filter((each) => !shown.has(each)).length;
  return grain.keys.toSorted((a, b) => hidden(a) - hidden(b) || a.length - b.length)[0] ?? [];
}

function byEllipsisLast(a: string, b: string): number {
  return Number(a === "…") - Number(b === "…");
}
