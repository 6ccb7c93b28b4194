/** Checks joins: whether they multiply rows, and the grain of the result. */
import { type Diagnostic, diagnostic } from "../../diagnostics/diagnostic.ts";
import type { JoinStep } from "../../parser/ast.ts";
import { joinGrain, matchesAtMostOne } from "../grain.ts";
import type { Signature } from "../model.ts";
import { type Entry, entryOf, type Scope, visibleColumns } from "../scope.ts";
import type { ColumnExpr, Expr, TypedJoin } from "../typed.ts";
import { checkCondition } from "./expression.ts";
import { narrowed } from "./narrowing.ts";
import { attributeNames, instantiate, isWide, listed, type PipelineContext, resolveRelation } from "./pipeline.ts";
import { changingHomes, entriesIn } from "./value-grain.ts";
import { exactlyWidened } from "./values.ts";

interface Joined {
  readonly scope: Scope;
  readonly step: TypedJoin;
}

export function checkJoin(step: JoinStep, before: Scope, context: PipelineContext): Joined {
  const signature = resolveRelation(step.relation, context);
  const alias = step.alias?.text || step.relation.name.text;
  const taken = before.aliases.has(alias);
  if (taken && alias !== "") {
    const span = step.alias?.span ?? step.relation.span;
    context.report(diagnostic("duplicate-alias", span, { name: alias }));
  }
  const { scope: left, leftAlias } = qualified(before, alias, context);
  const right = instantiate(signature, alias, left.nextAttribute);
  const rightEntries = right.entries.map((each) => ({ ...each, qualifier: alias }));
  const ofRight: ReadonlySet<Entry> = new Set(rightEntries);
  reportCollisions(left.entries, rightEntries, step, context);

  const both: Scope = {
    entries: [...left.entries, ...rightEntries],
    grain: { keys: [], dependencies: [], records: [], multipliers: [] },
    nextAttribute: left.nextAttribute + signature.attributeCount,
    aliases: new Map([...left.aliases, [alias, signature]]),
    open: left.open || signature.open || taken,
  };
  const on = checkCondition(step.on, { ...context, scope: both, report: eachNameOnce(context.report) });
  const isRight = (entry: Entry) => ofRight.has(entry);
  const conditions = conjuncts(on).map((each) => comparison(each, both, isRight));
  const equalities = conditions.flatMap((each) => (each?.equality ? [each.equality] : []));
  const fixedRight = conditions.flatMap((each) => (each ? [each.fixed.attribute] : []));
  const compared = conditions.flatMap((each) => (each ? [each.fixed] : []));
  const used = [...entriesIn(on, both)];
  const silent = both.open || on.type.kind === "error";

  if (!silent && !used.some(isRight)) {
    context.report(diagnostic("join-condition", step.on.span, { relation: signature.relation, alias }));
  } else if (step.cardinality === undefined) {
    const isOne = !silent && matchesAtMostOne(right.grain, fixedRight);
    const edits = [{ span: { ...step.relation.span, end: step.relation.span.start }, text: "one " }];
    const fix = isOne ? { fix: { title: "Write `join one`", edits } } : {};
    context.report(diagnostic("join-without-cardinality", step.span, { relation: signature.relation }, fix));
  } else if (step.cardinality === "one" && !silent && !matchesAtMostOne(right.grain, fixedRight)) {
    context.report(
      joinOneWithoutKey(step, signature, { ...both, entries: rightEntries, grain: right.grain }, compared),
    );
  }

  const grain = joinGrain(left.grain, right.grain, {
    side: step.side,
    cardinality: step.cardinality ?? "one",
    span: step.span,
    relation: signature.relation,
    equalities: equalities.map((each) => ({ left: each.left.attribute, right: each.right.attribute })),
    fixedRight,
    usedLeft: used.filter((each) => !isRight(each)).map((each) => each.attribute),
    ...comparedColumns(compared, conditions, step),
    presentRight: [
      ...rightEntries.filter((each) => !each.nullable).map((each) => each.attribute),
      ...right.grain.records.filter((each) => !each.absent).map((each) => each.row),
    ],
    allRight: [...Array(signature.attributeCount).keys()].map((each) => each + left.nextAttribute),
  });
  // If the condition is unknown, columns with the same name count as equal, to avoid follow-up errors.
  const unread = step.on.kind === "missing" || on.type.kind === "error";
  const leftNames = unread ? new Set(left.entries.map((each) => each.name)) : undefined;
  const merged = new Set(equalities.filter((each) => each.left.name === each.right.name).map((each) => each.right));
  const joinedHere = changingHomes((home) => (home.joinedBy ? home : { ...home, joinedBy: step.span }));
  const entries = both.entries.map((each): Entry => {
    if (!isRight(each)) return each;
    return {
      ...each,
      nullable: each.nullable || step.side === "left",
      merged: merged.has(each) || leftNames?.has(each.name) === true,
      homes: joinedHere(each.homes),
    };
  });
  const joined: Scope = { ...both, entries, grain };
  const scope = step.side === "inner" ? narrowed(joined, on) : joined;
  return {
    scope,
    step: {
      kind: "join",
      side: step.side,
      cardinality: step.cardinality ?? "one",
      ...(leftAlias === undefined ? {} : { leftAlias }),
      relation: signature.relation,
      alias,
      on,
      equalities: equalities.map((each) => ({ left: each.leftColumn, right: each.rightColumn })),
      span: step.span,
      scope: visibleColumns(scope),
    },
  };
}

/** The columns that the condition compares for equality, if it does nothing else. */
function comparedColumns(
  compared: readonly Entry[],
  conditions: readonly unknown[],
  { cardinality }: JoinStep,
): { readonly comparedBy?: string } {
  if (cardinality !== "many" || conditions.includes(undefined)) return {};
  return { comparedBy: [...new Set(compared.map((each) => each.name))].join(", ") };
}

/** The first column of an ambiguous name, as in `on id == id`. */
function eachNameOnce(report: (found: Diagnostic) => void): (found: Diagnostic) => void {
  const ambiguous = new Set<string>();
  return (found) => {
    const isKnown = found.code === "ambiguous-column" && ambiguous.has(found.message);
    if (found.code === "ambiguous-column") ambiguous.add(found.message);
    if (!isKnown) report(found);
  };
}

/** Qualifies the rows before a join, so that every column of both sides has a qualified name. */
function qualified(
  scope: Scope,
  rightAlias: string,
  context: PipelineContext,
): { readonly scope: Scope; readonly leftAlias: string | undefined } {
  if (scope.entries.some((each) => each.qualifier !== undefined)) return { scope, leftAlias: undefined };
  const [own] = scope.aliases.keys();
  let leftAlias = own ?? context.table.name.text;
  while (own === undefined && leftAlias === rightAlias) leftAlias = `${leftAlias}_`;
  const entries = scope.entries.map((each) => ({ ...each, qualifier: leftAlias }));
  return { scope: { ...scope, entries }, leftAlias };
}

/** A column derived between two joins has no qualifier. */
function reportCollisions(
  left: readonly Entry[],
  right: readonly Entry[],
  step: JoinStep,
  context: PipelineContext,
): void {
  for (const each of left) {
    if (each.qualifier !== undefined || !right.some((other) => other.name === each.name)) continue;
    context.report(
      diagnostic(
        "name-collision",
        step.relation.span,
        { name: each.name },
        {
          related: [{ span: each.span, message: `${each.name} is computed here` }],
        },
      ),
    );
  }
}

function conjuncts(expr: Expr): readonly Expr[] {
  return expr.kind === "call" && expr.fn === "and" ? expr.args.flatMap(conjuncts) : [expr];
}

interface Comparison {
  /** The column of the right side that the rest of the comparison determines. */
  readonly fixed: Entry;
  readonly equality?: {
    readonly left: Entry;
    readonly right: Entry;
    readonly leftColumn: ColumnExpr;
    readonly rightColumn: ColumnExpr;
  };
}

/** What an `==` implies for a column of the right side; undefined if nothing. */
function comparison(expr: Expr, scope: Scope, isRight: (entry: Entry) => boolean): Comparison | undefined {
  if (expr.kind !== "call" || expr.fn !== "==") return undefined;
  const [a, b] = expr.args;
  if (!a || !b) return undefined;
  return oneSide(a, b, scope, isRight) ?? oneSide(b, a, scope, isRight);
}

function oneSide(column: Expr, other: Expr, scope: Scope, isRight: (entry: Entry) => boolean): Comparison | undefined {
  const rightColumn = exactlyWidened(column);
  const fixed = rightColumn.kind === "column" ? entryOf(scope, rightColumn) : undefined;
  if (!fixed || rightColumn.kind !== "column" || !isRight(fixed)) return undefined;
  if ([...entriesIn(other, scope)].some(isRight)) return undefined;
  const leftColumn = exactlyWidened(other);
  const left = leftColumn.kind === "column" ? entryOf(scope, leftColumn) : undefined;
  if (!left || leftColumn.kind !== "column") return { fixed };
  return { fixed, equality: { left, right: fixed, leftColumn, rightColumn } };
}

function joinOneWithoutKey(step: JoinStep, signature: Signature, right: Scope, compared: readonly Entry[]) {
  const keys = right.grain.keys
    .filter((key) => key.every((attribute) => right.entries.some((each) => each.attribute === attribute)))
    .filter((key) => !isWide(right.entries) || key.length < right.entries.length)
    .map((key) => `(${listed(attributeNames(key, right))})`);
  const names = compared.map((each) => each.name);
  const key = names.length === 1 ? names.join() : `(${names.join(", ")})`;
  const known =
    keys.length > 0
      ? `Its keys are ${keys.join(", ")}; compare all columns of one key.`
      : names.length > 0
        ? `${signature.relation} declares no key: write \`key ${key}\` in it if that identifies its rows. Otherwise keep one row per key first: \`distinct on ${key} latest by …\`.`
        : `${signature.relation} has no key: declare one, or make its rows distinct before the join.`;
  return diagnostic(
    "join-one-without-key",
    step.span,
    { relation: signature.relation },
    {
      hint: `${known} If several matches are intended, write \`join many\`.`,
      // All joins on the missing key of a table are one error.
      ...(keys.length === 0 ? { cause: `join-one-without-key ${signature.relation} ${key}` } : {}),
      related: [{ span: signature.span, message: `${signature.relation} is declared here` }],
    },
  );
}
