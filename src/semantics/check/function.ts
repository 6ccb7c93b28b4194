/** Checks the declaration of an `fn` once, with its parameters as columns of their types. */
import { diagnostic } from "../../diagnostics/diagnostic.ts";
import { widens } from "../../functions/resolve.ts";
import type { AnyNode, FunctionDeclaration } from "../../parser/ast.ts";
import { children } from "../../parser/walk.ts";
import { sameType, typeText } from "../../types.ts";
import { EMPTY_SCOPE } from "../scope.ts";
import type { Expr } from "../typed.ts";
import type { CheckContext } from "./context.ts";
import { checkExpression } from "./expression.ts";
import { resolveUncheckedType } from "./type-reference.ts";

export function checkFunction(declaration: FunctionDeclaration, context: CheckContext): void {
  const name = declaration.name.text;
  const path = callPath(declaration, name, context, [name]);
  if (path) {
    context.report(diagnostic("recursive-function", declaration.name.span, { name, path: path.join(" -> ") }));
    return;
  }
  const parameters = new Map<string, Expr>();
  for (const each of declaration.parameters) {
    const type = resolveUncheckedType(each.type, context);
    if (parameters.has(each.name.text)) {
      context.report(diagnostic("duplicate-name", each.name.span, { kind: "parameter", name: each.name.text }));
    }
    parameters.set(each.name.text, { kind: "column", name: each.name.text, type, nullable: each.type.nullable });
  }
  const body = checkExpression(declaration.body, { ...context, scope: EMPTY_SCOPE, parameters, inlining: [name] });
  if (!declaration.result) return;
  const result = resolveUncheckedType(declaration.result, context);
  if (body.type.kind === "error" || result.kind === "error") return;
  if (!sameType(body.type, result) && !widens(body.type, result)) {
    const expected = typeText(result, declaration.result.nullable);
    const found = typeText(body.type, body.nullable);
    context.report(diagnostic("type-mismatch", declaration.body.span, { expected, found }));
  } else if (body.nullable && !declaration.result.nullable) {
    context.report(diagnostic("nullable-value", declaration.body.span, { name: `the result of ${name}` }));
  }
}

/** The path of calls from a function back to `target`; undefined if there is none. */
function callPath(
  declaration: FunctionDeclaration,
  target: string,
  context: CheckContext,
  path: readonly string[],
): readonly string[] | undefined {
  for (const called of callsIn(declaration.body)) {
    if (called === target) return [...path, called];
    const next = context.bindings.functions.get(called);
    if (next && !path.includes(called)) {
      const found = callPath(next, target, context, [...path, called]);
      if (found) return found;
    }
  }
  return undefined;
}

function callsIn(node: AnyNode): readonly string[] {
  const own = node.kind === "call" ? [node.name.text] : [];
  return [...own, ...children(node).flatMap(callsIn)];
}
