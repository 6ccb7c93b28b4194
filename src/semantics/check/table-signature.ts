/** The signature of a table: its columns, its proved or unproved keys, and the homes of its values. */

import { diagnostic } from "../../diagnostics/diagnostic.ts";
import type { KeyClause, TableDeclaration } from "../../parser/ast.ts";
import {
  type Attribute,
  attributesOfHome,
  closure,
  determinesRow,
  distinctKeys,
  type Grain,
  type Home,
  type Multiplier,
  minimise,
  renumberedHome,
  restricted,
  withKey,
} from "../grain.ts";
import type { CheckedTable, RelationColumn, Signature } from "../model.ts";
import { type Entry, lookup, type Scope } from "../scope.ts";
import type { Column, TypedStep } from "../typed.ts";
import { checkColumnCount } from "./bronze.ts";
import { isWide, type PipelineContext } from "./pipeline.ts";
import { changingHomes } from "./value-grain.ts";
import { suggested } from "./values.ts";

/** The maximum number of joins that are kept for the explanation of an error. */
const MOST_MULTIPLIERS = 4;

export interface TableEnd {
  readonly declaration: TableDeclaration;
  readonly reads: readonly string[];
  readonly steps: readonly TypedStep[];
  readonly scope: Scope;
  readonly key: KeyClause | undefined;
  readonly context: PipelineContext;
}

export function tableResult(end: TableEnd): CheckedTable {
  const { declaration, reads, steps, scope, context } = end;
  const visible = uniqueNames(
    scope.entries.filter((each) => !each.merged),
    declaration,
    context,
  );
  const declared = end.key && declaredKey(end.key, scope, visible, context);
  const proved = !declared || scope.open || determinesRow(scope.grain, declared.attributes);
  const grain = declared ? withKey(scope.grain, declared.attributes, allAttributes(scope.entries)) : scope.grain;
  const multiplied = declared && !proved ? contradictingJoin(declared, steps, scope) : undefined;
  if (declared && multiplied) {
    context.report(
      diagnostic(
        "key-against-join",
        declared.span,
        { columns: declared.columns.join(", "), relation: multiplied.relation },
        { related: [{ span: multiplied.span, message: `this join may match several rows of ${multiplied.relation}` }] },
      ),
    );
  } else if (declared && !proved && !declared.nullable) {
    context.report(
      diagnostic("key-checked-at-run-time", declared.span, {
        columns: declared.columns.join(", "),
        relation: context.relation,
      }),
    );
  }
  const visibleKeys = keysOf(grain, visible);
  const keys = visibleKeys.map((key) => key.map((attribute) => nameOf(attribute, visible)));
  return {
    declaration,
    reads,
    steps,
    columns: visible.map(column),
    keys: declared ? [declared.columns, ...keys.filter((each) => !sameNames(each, declared.columns))] : keys,
    uncertainKey: declared && !proved ? { columns: declared.columns, span: declared.span } : undefined,
    signature: signature(end, visible, grain, visibleKeys),
  };
}

/** The attributes of the columns and of their homes. */
function allAttributes(entries: readonly Entry[]): readonly Attribute[] {
  const all = new Set<Attribute>();
  for (const { attribute, homes } of entries) {
    all.add(attribute);
    for (const home of homes) for (const each of home.attributes) all.add(each);
  }
  return [...all];
}

function column({ name, type, nullable, doc, tags, span }: Entry): Column {
  return doc === undefined ? { name, type, nullable, tags, span } : { name, type, nullable, doc, tags, span };
}

/** The `join many` that multiplies the rows of the declared key, unless a later step reduces them again. */
function contradictingJoin(key: DeclaredKey, steps: readonly TypedStep[], scope: Scope): Multiplier | undefined {
  const fewer = steps.findLastIndex(
    (each) => each.kind === "group" || each.kind === "distinct" || each.kind === "latest",
  );
  const joins = steps.slice(fewer + 1).filter((each) => each.kind === "join" && each.cardinality === "many");
  const known = closure(key.attributes, scope.grain.dependencies);
  return scope.grain.multipliers.find(
    ({ span, attributes }) =>
      joins.some((join) => join.span === span) && !attributes.every((attribute) => known.has(attribute)),
  );
}

function uniqueNames(
  entries: readonly Entry[],
  declaration: TableDeclaration,
  context: PipelineContext,
): readonly Entry[] {
  const known = new Map<string, Entry>();
  for (const each of entries) {
    const before = known.get(each.name.toLowerCase());
    if (!before) {
      known.set(each.name.toLowerCase(), each);
      continue;
    }
    const inside =
      each.span.file === declaration.span.file &&
      each.span.start >= declaration.span.start &&
      each.span.end <= declaration.span.end;
    context.report(
      diagnostic(
        "duplicate-column",
        inside ? each.span : declaration.name.span,
        { relation: context.relation, name: each.name },
        {
          related: [
            { span: before.span, message: "the first one is here" },
            ...(inside ? [] : [{ span: each.span, message: "the other one is here" }]),
          ],
        },
      ),
    );
  }
  checkColumnCount(context.relation, known.size, declaration.name.span, context);
  return [...known.values()];
}

interface DeclaredKey {
  readonly columns: readonly string[];
  readonly attributes: readonly Attribute[];
  readonly span: KeyClause["span"];
  /** Whether some column of it is nullable, which was reported. */
  readonly nullable: boolean;
}

function declaredKey(
  clause: KeyClause,
  scope: Scope,
  visible: readonly Entry[],
  context: PipelineContext,
): DeclaredKey | undefined {
  const entries: Entry[] = [];
  for (const name of clause.columns) {
    if (name.text === "") return undefined;
    const found = visible.find((each) => each.name === name.text);
    if (found) {
      entries.push(found);
      if (found.nullable && found.type.kind !== "error") {
        context.report(diagnostic("nullable-value", name.span, { name: `the key column ${name.text}` }));
      }
      continue;
    }
    if (scope.open) return undefined;
    const unknown = lookup(scope, undefined, name.text);
    context.report(
      diagnostic(
        "unknown-column",
        name.span,
        { relation: context.relation, name: name.text },
        suggested(unknown.kind === "unknown" ? unknown.suggestion : undefined),
      ),
    );
    return undefined;
  }
  return {
    columns: entries.map((each) => each.name),
    attributes: entries.map((each) => each.attribute),
    span: clause.span,
    nullable: entries.some((each) => each.nullable),
  };
}

/** The minimal candidate keys of visible columns. */
function keysOf(grain: Grain, visible: readonly Entry[]): readonly (readonly Attribute[])[] {
  const shown = new Set(visible.map((each) => each.attribute));
  const known = grain.keys.filter((key) => key.every((each) => shown.has(each)));
  if (known.length > 0) return distinctKeys(known.map((key) => minimise(grain, key)));
  return determinesRow(grain, shown) ? [minimise(grain, [...shown])] : [];
}

function nameOf(attribute: Attribute, visible: readonly Entry[]): string {
  return visible.find((each) => each.attribute === attribute)?.name ?? "";
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name) => b.includes(name));
}

/**
 * The grain for other tables. Values that occur once per row get the table's key as their home; attributes that no other
 * table can need are dropped and the rest renumbered from 0, so that they do not accumulate in a long chain of tables.
 */
function signature(
  end: TableEnd,
  visible: readonly Entry[],
  grain: Grain,
  visibleKeys: readonly (readonly Attribute[])[],
): Signature {
  const relation = end.context.relation;
  const rowKey = visibleKeys[0] ?? grain.keys[0];
  const keyNames = (rowKey ?? []).map((each) => nameOf(each, visible)).filter((name) => name !== "");
  const isWholeRow = isWide(visible) && keyNames.length === visible.length;
  const own: Home | undefined = rowKey && {
    attributes: rowKey,
    label: isWholeRow ? "row" : keyNames.join(", ") || "row",
    relation,
  };
  const seenFromOutside = changingHomes((home) => {
    if (!own || home.mergedBy || !determinesRow(grain, home.attributes)) return home;
    return home.shared ? { ...own, shared: home.shared } : own;
  });
  const homes = visible.map((entry) => seenFromOutside(entry.homes));
  const multipliers = grain.multipliers.slice(-MOST_MULTIPLIERS);
  const kept = new Set<Attribute>([
    ...visible.map((each) => each.attribute),
    ...[...new Set(homes)].flat().flatMap(attributesOfHome),
    ...(visibleKeys.length > 0 ? [] : (grain.keys[0] ?? [])),
    ...multipliers.flatMap((each) => each.attributes),
  ]);
  for (const each of grain.records) if (kept.has(each.row)) for (const column of each.columns) kept.add(column);
  const numbers: Attribute[] = [];
  [...kept]
    .sort((a, b) => a - b)
    .forEach((attribute, number) => {
      numbers[attribute] = number;
    });
  const renumber = (attribute: Attribute) => numbers[attribute] ?? attribute;
  const renumbered = (attributes: readonly Attribute[]) => attributes.map(renumber);
  const outside = restricted({ ...grain, multipliers }, kept);
  const renumberedHomes = changingHomes((home) => renumberedHome(home, renumber));
  const columns = visible.map(
    ({ name, type, nullable, doc, tags, span, attribute }, at): RelationColumn => ({
      name,
      type,
      nullable,
      doc,
      tags,
      span,
      attribute: renumber(attribute),
      homes: renumberedHomes(homes[at] ?? []),
    }),
  );
  const [from] = end.steps;
  const closes = end.steps.some((each) => each.kind === "select" || each.kind === "group");
  return {
    relation,
    span: end.declaration.name.span,
    columns,
    grain: {
      keys: (visibleKeys.length > 0 ? visibleKeys : outside.keys).map(renumbered),
      dependencies: outside.dependencies.map((each) => ({
        ...each,
        from: renumbered(each.from),
        to: renumbered(each.to),
      })),
      records: outside.records.map((each) => ({
        ...each,
        row: renumber(each.row),
        columns: renumbered(each.columns),
      })),
      multipliers: outside.multipliers.map((each) => ({ ...each, attributes: renumbered(each.attributes) })),
    },
    attributeCount: kept.size,
    open: end.scope.open,
    handsOn: from?.kind === "from" && !closes ? { relation: from.relation, span: from.span } : undefined,
  };
}
