/**
 * Checks expressions: resolves names, infers types and nullability, inlines `fn` calls. What cannot be typed has the error
 * type, which is accepted everywhere, so that an error is reported once. Grain is checked in `group.ts`.
 */
import { diagnostic } from "../../diagnostics/diagnostic.ts";
import { closest } from "../../diagnostics/suggest.ts";
import { COMPARISONS } from "../../functions/catalog/comparison.ts";
import type { FunctionEntry } from "../../functions/entry.ts";
import { renamedFunction, writtenInstead } from "../../functions/foreign.ts";
import { commonTypeOf, findFunction, resolveCall, resolveCast, widens } from "../../functions/resolve.ts";
import type {
  BinaryExpression,
  CallExpression,
  CastExpression,
  Expression,
  FunctionDeclaration,
  MatchExpression,
} from "../../parser/ast.ts";
import type { Span } from "../../source.ts";
import { BOOL, maxLengthOf, NULL, STRING, sameType, type Type, typeText } from "../../types.ts";
import { EMPTY_SCOPE } from "../scope.ts";
import type { AggregateExpr, ColumnExpr, Expr } from "../typed.ts";
import { argumentInfo } from "./argument-info.ts";
import { checkPath, reportStrangeValue } from "./column-reference.ts";
import type { ExpressionContext } from "./context.ts";
import { resolveType, resolveUncheckedType } from "./type-reference.ts";
import { applied, numberLiteral, problem, suggested, UNKNOWN, widened } from "./values.ts";

export function checkExpression(expression: Expression, context: ExpressionContext): Expr {
  switch (expression.kind) {
    case "missing":
      return UNKNOWN;
    case "path":
      return checkPath(expression, context);
    case "string":
      return { kind: "literal", type: STRING, nullable: false, value: expression.value };
    case "bool":
      return { kind: "literal", type: BOOL, nullable: false, value: expression.value };
    case "null":
      return { kind: "literal", type: NULL, nullable: true, value: null };
    case "number":
      return numberLiteral(expression, "", context);
    case "unary":
      if (expression.operator === "-" && expression.operand.kind === "number") {
        return numberLiteral(expression.operand, "-", context);
      }
      return checkOperator(expression.operator === "-" ? "neg" : "not", [expression.operand], expression.span, context);
    case "binary":
      reportNullComparison(expression, context);
      return checkOperator(expression.operator, [expression.left, expression.right], expression.span, context);
    case "is-null":
      return checkOperator(
        expression.negated ? "is not null" : "is null",
        [expression.operand],
        expression.span,
        context,
      );
    case "in":
      return checkOperator(
        expression.negated ? "not in" : "in",
        [expression.operand, ...expression.items],
        expression.span,
        context,
      );
    case "between":
      return checkOperator(
        expression.negated ? "not between" : "between",
        [expression.operand, expression.low, expression.high],
        expression.span,
        context,
      );
    case "call":
      return checkCall(expression, context);
    case "cast":
      return checkCast(expression, context);
    case "match":
      return checkMatch(expression, context);
  }
}

/** An expression that becomes a column and must have a type. */
export function checkValue(expression: Expression, context: ExpressionContext): Expr {
  const value = checkExpression(expression, context);
  if (value.type.kind !== "null") return value;
  const detail = "null alone has no type; cast it: `null as string`";
  context.report(diagnostic("invalid-type", expression.span, { detail }));
  return UNKNOWN;
}

/** An expression that must be a bool; null is allowed and counts as not true. */
export function checkCondition(expression: Expression, context: ExpressionContext): Expr {
  const condition = checkExpression(expression, context);
  if (condition.type.kind === "bool" || condition.type.kind === "error") return condition;
  if (condition.type.kind === "null") return widened(condition, BOOL);
  context.report(
    diagnostic("condition-not-bool", expression.span, { found: typeText(condition.type, condition.nullable) }),
  );
  return UNKNOWN;
}

/** A comparison with a literal null is never true, but other languages test for null that way. */
function reportNullComparison({ operator, operatorSpan, left, right }: BinaryExpression, context: ExpressionContext) {
  if (!COMPARISONS.has(operator) || (left.kind !== "null" && right.kind !== "null")) return;
  const span = { ...left.span, end: right.span.end };
  const asked = operator === "==" ? "is null" : "is not null";
  const edits = [{ span: { ...operatorSpan, end: right.span.end }, text: asked }];
  const isQuestion = (operator === "==" || operator === "!=") && right.kind === "null";
  const fix = isQuestion ? { fix: { title: `Write ${asked}`, edits } } : {};
  context.report(diagnostic("null-comparison", span, { operator }, fix));
}

const MEMBERSHIP: ReadonlySet<string> = new Set(["==", "!=", "in", "not in"]);

function checkOperator(name: string, operands: readonly Expression[], span: Span, context: ExpressionContext): Expr {
  const args = operands.map((each) => checkExpression(each, context));
  if (MEMBERSHIP.has(name) && reportStrangeValue(args, operands, context)) return UNKNOWN;
  const resolution = resolveCall(name, args.map(argumentInfo));
  return applied(name, args, resolution, span, context);
}

function checkCast(cast: CastExpression, context: ExpressionContext): Expr {
  const operand = checkExpression(cast.operand, context);
  const type = resolveType(cast.type, context);
  if (operand.type.kind === "error" || type.kind === "error") return UNKNOWN;
  if (cast.type.nullable) {
    context.report(
      diagnostic("invalid-type", cast.type.span, {
        detail: `a cast takes a type without \`?\`; write \`as? ${typeText(type)}\` for null when the conversion fails`,
      }),
    );
  }
  if (operand.type.kind === "null") return widened(operand, type);
  if (maxLengthOf(type) === undefined || operand.type.kind === "string") return castTo(type, operand, cast, context);
  // A value is cast to a string first, and then its length is checked.
  const text = castTo(STRING, operand, cast, context);
  return text.type.kind === "error" ? text : castTo(type, text, cast, context);
}

function castTo(type: Type, operand: Expr, cast: CastExpression, context: ExpressionContext): Expr {
  const resolution = resolveCast(argumentInfo(operand), type, cast.lenient);
  if (!resolution.ok && resolution.reason === "argument-types") {
    context.report(diagnostic("invalid-cast", cast.span, { from: typeText(operand.type), to: typeText(type) }));
    return UNKNOWN;
  }
  return applied(cast.lenient ? "as?" : "as", [operand], resolution, cast.span, context);
}

function checkMatch(match: MatchExpression, context: ExpressionContext): Expr {
  const branches = match.branches.map((each) => ({
    condition: checkCondition(each.condition, context),
    value: checkExpression(each.value, context),
  }));
  const otherwise = match.otherwise && checkExpression(match.otherwise, context);
  const values = [...branches.map((each) => each.value), ...(otherwise ? [otherwise] : [])];
  if (values.length === 0) return UNKNOWN;
  if (values.some((each) => each.type.kind === "error")) return UNKNOWN;
  const type = commonTypeOf(values.map(argumentInfo));
  if (!type) {
    context.report(
      diagnostic("no-common-type", match.span, { types: values.map((each) => typeText(each.type)).join(", ") }),
    );
    return UNKNOWN;
  }
  return {
    kind: "match",
    branches: branches.map((each) => ({ condition: each.condition, value: widened(each.value, type) })),
    ...(otherwise ? { otherwise: widened(otherwise, type) } : {}),
    type,
    nullable: !otherwise || values.some((each) => each.nullable),
  };
}

function checkCall(call: CallExpression, context: ExpressionContext): Expr {
  const name = call.name.text;
  if (name === "") return UNKNOWN;
  const declared = context.bindings.functions.get(name);
  const entry = declared ? undefined : findFunction(name);
  if (entry?.kind === "aggregate") return checkAggregate(call, entry, context);
  // Operators and casts cannot be called: `neg(x)` is `-x`.
  if (!declared && entry?.kind !== "scalar") {
    // The arguments of another language's function are not checked.
    const isForeign = renamedFunction(name) !== undefined || writtenInstead(name) !== undefined;
    const report = isForeign ? () => undefined : context.report;
    for (const each of call.args) checkExpression(each, { ...context, report, insideAggregate: name });
    const instead =
      entry && entry.name !== "widen" ? { hint: `Write \`${entry.usage}\`.` } : insteadOfUnknown(call, context);
    context.report(diagnostic("unknown-function", call.name.span, { name }, instead));
    return UNKNOWN;
  }
  const clause = call.where ? "where" : call.per ? "per" : undefined;
  if (clause) context.report(diagnostic("not-an-aggregate", call.name.span, { clause, name }));
  const args = call.args.map((each) => checkExpression(each, context));
  if (declared) return inlined(declared, call, args, context);
  return applied(name, args, resolveCall(name, args.map(argumentInfo)), call.span, context);
}

function insteadOfUnknown({ name, args }: CallExpression, context: ExpressionContext) {
  const hint = writtenInstead(name.text);
  const known = renamedFunction(name.text) ?? unknownFunctionSuggestions(name.text, context)[0];
  if (hint === undefined) return suggested(known);
  // `cast(x as int)` without the function name is valid.
  const isCast = args.length === 1 && args[0]?.kind === "cast";
  return { hint, ...(isCast ? { fix: { title: `Remove ${name.text}`, edits: [{ span: name.span, text: "" }] } } : {}) };
}

function unknownFunctionSuggestions(name: string, context: ExpressionContext): readonly string[] {
  const declared = closest(name, context.bindings.functions.keys());
  const resolution = resolveCall(name, []);
  const known = !resolution.ok && resolution.reason === "unknown-function" ? resolution.suggestions : [];
  return declared === undefined ? known : [declared, ...known];
}

/** The body of a function with its parameters replaced by the arguments. Errors in the body were reported with it. */
function inlined(
  declared: FunctionDeclaration,
  call: CallExpression,
  args: readonly Expr[],
  context: ExpressionContext,
): Expr {
  const name = declared.name.text;
  if (context.inlining?.includes(name)) return UNKNOWN;
  if (args.length !== declared.parameters.length) {
    const count = declared.parameters.length;
    context.report(
      diagnostic(
        "argument-count",
        call.span,
        { name, expected: `${count} argument${count === 1 ? "" : "s"}`, found: args.length },
        { related: [{ span: declared.name.span, message: `${name} is declared here` }] },
      ),
    );
    return UNKNOWN;
  }
  const silent = { ...context, report: () => undefined };
  const parameters = new Map<string, Expr>();
  for (const [at, parameter] of declared.parameters.entries()) {
    const given = args[at] ?? UNKNOWN;
    const span = call.args[at]?.span ?? call.span;
    const type = resolveUncheckedType(parameter.type, silent);
    const related = [{ span: parameter.span, message: `${parameter.name.text} is declared here` }];
    if (given.type.kind !== "error" && type.kind !== "error") {
      if (!sameType(given.type, type) && !widens(given.type, type)) {
        context.report(
          diagnostic(
            "type-mismatch",
            span,
            { expected: typeText(type, parameter.type.nullable), found: typeText(given.type, given.nullable) },
            { related },
          ),
        );
        return UNKNOWN;
      }
      if (given.nullable && !parameter.type.nullable) {
        context.report(diagnostic("nullable-value", span, { name: `${parameter.name.text} of ${name}` }, { related }));
        return UNKNOWN;
      }
    }
    parameters.set(parameter.name.text, widened(given, type));
  }
  const body = checkExpression(declared.body, {
    bindings: context.bindings,
    signatureOf: context.signatureOf,
    report: silent.report,
    scope: EMPTY_SCOPE,
    parameters,
    inlining: [...(context.inlining ?? []), name],
  });
  return declared.result ? widened(body, resolveUncheckedType(declared.result, silent)) : body;
}

function checkAggregate(call: CallExpression, entry: FunctionEntry, context: ExpressionContext): Expr {
  const { name } = entry;
  if (!context.aggregates) {
    context.report(diagnostic("aggregate-outside-group", call.name.span, { name }));
    return UNKNOWN;
  }
  if (context.insideAggregate !== undefined) {
    context.report(diagnostic("nested-aggregate", call.name.span, { name }));
    return UNKNOWN;
  }
  const inside: ExpressionContext = { ...context, insideAggregate: name };
  const args = call.args.map((each) => checkExpression(each, inside));
  const where = call.where && checkCondition(call.where, inside);
  const per: ColumnExpr[] = [];
  const paths = call.per === undefined || call.per === "row" ? [] : call.per;
  for (const path of paths) {
    const column = checkExpression(path, inside);
    if (column.kind === "column") per.push(column);
  }
  if (where?.type.kind === "error" || per.length < paths.length) return UNKNOWN;
  if (args.some((each) => each.type.kind === "error")) return UNKNOWN;
  const resolution = resolveCall(name, args.map(argumentInfo));
  if (!resolution.ok) {
    context.report(problem(name, args, resolution, call.span));
    return UNKNOWN;
  }
  const wide = args.map((each, at) => widened(each, resolution.widen[at]));
  const always = context.aggregates.grouped && !where && args.every((each) => !each.nullable);
  const found: AggregateExpr = {
    kind: "aggregate",
    fn: name,
    overload: resolution.overload,
    args: wide,
    ...(where ? { where } : {}),
    ...(call.per === "row" ? { perRow: true as const } : call.per ? { per } : {}),
    type: resolution.result.type,
    nullable: resolution.result.nullable && !(entry.overloads[resolution.overload]?.emptyIsNull && always),
  };
  context.aggregates.onAggregate(found, call);
  return found;
}
