/** Names in expressions: columns, parameters of a function, values of an enum. */
import { type Diagnostic, diagnostic } from "../../diagnostics/diagnostic.ts";
import { closest, listText } from "../../diagnostics/suggest.ts";
import { clockInstead, constantInstead } from "../../functions/foreign.ts";
import type { Expression, Name, PathExpression } from "../../parser/ast.ts";
import type { Span } from "../../source.ts";
import type { Type } from "../../types.ts";
import { columnOf, lookup, type Scope } from "../scope.ts";
import type { Expr } from "../typed.ts";
import { pathOfColumn } from "./column-origin.ts";
import { type CheckContext, type ExpressionContext, enumType } from "./context.ts";
import { suggested, UNKNOWN } from "./values.ts";

type EnumType = Extract<Type, { kind: "enum" }>;

/** Resolves a name; reports an unknown one. */
export function checkPath(path: PathExpression, context: ExpressionContext): Expr {
  const [first, second, third] = path.parts;
  if (!first || first.text === "" || second?.text === "") return UNKNOWN;
  if (third) {
    context.report(
      diagnostic("unknown-alias", path.span, {
        name: path.parts
          .slice(0, -1)
          .map((each) => each.text)
          .join("."),
      }),
    );
    return UNKNOWN;
  }
  if (!second) {
    const parameter = context.parameters?.get(first.text);
    if (parameter) return parameter;
  }
  const declared = second && !context.scope.aliases.has(first.text) && context.bindings.enums.get(first.text);
  if (declared) {
    const type = enumType(declared);
    if (type.values.includes(second.text)) return { kind: "literal", type, nullable: false, value: second.text };
    context.report(strangeValue(type, second.text, second.span, context, (value) => value));
    return UNKNOWN;
  }
  const alias = second ? first.text : undefined;
  const name = second ?? first;
  const found = lookup(context.scope, alias, name.text);
  switch (found.kind) {
    case "found":
      if (context.aggregates && context.insideAggregate === undefined) {
        context.report(diagnostic("column-outside-aggregate", path.span, { name: name.text }));
        return UNKNOWN;
      }
      return columnOf(found.entry);
    case "silent":
      return UNKNOWN;
    case "ambiguous":
      context.report(
        diagnostic("ambiguous-column", path.span, {
          name: name.text,
          candidates: found.entries.map((each) => `${each.alias ?? each.qualifier ?? ""}.${each.name}`).join(", "),
        }),
      );
      return UNKNOWN;
    case "unknown-alias":
      context.report(unknownAlias(first, found.suggestion, context));
      return UNKNOWN;
    case "unknown":
      context.report(unknownColumn(path, alias, found.suggestion, context));
      return UNKNOWN;
  }
}

function unknownAlias(alias: Name, suggestion: string | undefined, { scope, bindings }: ExpressionContext): Diagnostic {
  const renamed = [...scope.aliases].find(([, { relation }]) => relation.endsWith(`.${alias.text}`))?.[0];
  const isParam = alias.text === "param" && bindings.params.size > 0;
  const hint = isParam
    ? "Params are only available in settings; declare a shared value as a function: `fn limit(): int = 10`."
    : undefined;
  return diagnostic("unknown-alias", alias.span, { name: alias.text }, suggested(renamed ?? suggestion, hint));
}

/** Reports a literal string that is not a value of the enum it is compared with. */
export function reportStrangeValue(
  values: readonly Expr[],
  written: readonly Expression[],
  context: CheckContext,
): boolean {
  const type = values.find((each) => each.type.kind === "enum")?.type;
  if (type?.kind !== "enum") return false;
  const strange = written.filter((each) => each.kind === "string" && !type.values.includes(each.value));
  for (const each of strange) {
    if (each.kind === "string")
      context.report(strangeValue(type, each.value, each.span, context, (value) => `"${value}"`));
  }
  return strange.length > 0;
}

function strangeValue(
  type: EnumType,
  name: string,
  span: Span,
  { bindings }: CheckContext,
  written: (value: string) => string,
): Diagnostic {
  const declared = bindings.enums.get(type.name);
  const lower = type.values.find((each) => each.toLowerCase() === name.toLowerCase());
  const meant = lower ?? closest(name, type.values);
  return diagnostic(
    "unknown-enum-value",
    span,
    { enum: type.name, name },
    {
      ...suggested(meant && written(meant), `Available values: ${listText(type.values)}.`),
      related: declared ? [{ span: declared.name.span, message: `${type.name} is declared here` }] : [],
    },
  );
}

/** The only enum that has a value with this name. */
function enumWith(value: string, { bindings }: CheckContext): string | undefined {
  const having = [...bindings.enums.values()].filter((each) => each.values.some(({ text }) => text === value));
  return having.length === 1 ? having[0]?.name.text : undefined;
}

function unknownColumn(
  path: PathExpression,
  alias: string | undefined,
  suggestion: string | undefined,
  context: ExpressionContext,
): Diagnostic {
  const name = path.parts.at(-1);
  const read = [...context.scope.aliases.entries()].filter(([each]) => alias === undefined || each === alias);
  const relation = context.parameters
    ? "the function"
    : read.length > 0
      ? read.map(([, signature]) => signature.relation).join(" or ")
      : "the row";
  const owner = path.parts.length === 1 ? enumWith(name?.text ?? "", context) : undefined;
  const value = owner === undefined ? undefined : `${owner}.${name?.text}`;
  const foreign =
    path.parts.length === 1 ? (constantInstead(name?.text ?? "") ?? clockInstead(name?.text ?? "")) : undefined;
  // Values of an enum without its name are reported once per enum.
  const bare =
    owner === undefined || value === undefined || suggestion !== undefined
      ? {}
      : {
          cause: `values of ${owner} without its name`,
          fix: { title: `Write ${value}`, edits: [{ span: name?.span ?? path.span, text: value }] },
        };
  return diagnostic(
    "unknown-column",
    name?.span ?? path.span,
    { relation, name: name?.text ?? "" },
    {
      ...bare,
      ...suggested(
        constantInstead(name?.text ?? "") ? undefined : (value ?? suggestion),
        foreign ?? namesInScope(context.scope, alias),
      ),
      related: read.flatMap(([, signature]) => pathOfColumn(signature, context.signatureOf)),
    },
  );
}

function namesInScope(scope: Scope, alias: string | undefined): string | undefined {
  const names: string[] = [];
  for (const each of scope.entries) {
    if (names.length > MOST_COLUMNS_LISTED) return `Available columns: ${names.join(", ")} and more.`;
    if (!each.merged && (alias === undefined || each.alias === alias)) names.push(each.name);
  }
  return names.length === 0 ? undefined : `Available columns: ${names.join(", ")}.`;
}

/** The maximum number of columns in a hint. */
const MOST_COLUMNS_LISTED = 30;
