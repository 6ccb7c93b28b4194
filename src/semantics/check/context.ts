/** What the checkers of a declaration share: the program's names, and where to report diagnostics. */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { CallExpression, EnumDeclaration } from "../../parser/ast.ts";
import type { Type } from "../../types.ts";
import type { Bindings, Signature } from "../model.ts";
import type { Scope } from "../scope.ts";
import type { AggregateExpr, Expr } from "../typed.ts";

export interface CheckContext {
  readonly bindings: Bindings;
  readonly report: (found: Diagnostic) => void;
  /** The signature of a relation that was checked before; undefined if it is unknown or part of a cycle. */
  readonly signatureOf: (relation: string) => Signature | undefined;
}

/** The context of an expression. */
export interface ExpressionContext extends CheckContext {
  readonly scope: Scope;
  /** The values of a function's parameters, in its body. */
  readonly parameters?: ReadonlyMap<string, Expr>;
  /** Set where aggregates are allowed: a callback for each of them, and whether every group has a row. */
  readonly aggregates?: {
    readonly onAggregate: (found: AggregateExpr, call: CallExpression) => void;
    readonly grouped: boolean;
  };
  /** The aggregate that contains the expression. */
  readonly insideAggregate?: string;
  /** The functions being inlined, outermost first. */
  readonly inlining?: readonly string[];
}

/** The type of an enum declaration. */
export function enumType(declaration: EnumDeclaration): Extract<Type, { kind: "enum" }> {
  return { kind: "enum", name: declaration.name.text, values: declaration.values.map((each) => each.text) };
}
