/** Small pieces of Python's text. */
import { parseExpression } from "./syntax.ts";

/** What no one sees in an editor, or every editor shows in its own way; and blanks that are none. */
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}\u{10000}-\u{10ffff}]|(?! )\p{Zs}/gu;

/** A literal's text with what cannot be seen as escapes. */
export function visible(body: string): string {
  return body.replace(HIDDEN, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
    return code < 0x10000 ? `\\u${code.toString(16).padStart(4, "0")}` : `\\U${code.toString(16).padStart(8, "0")}`;
  });
}

/** An expression as the operand of what is put behind it, `.alias("x")` say. */
export function operand(expression: string): string {
  const { kind } = parseExpression(expression);
  return kind === "binary" || kind === "unary" ? `(${expression})` : expression;
}

/** `call("F.col", ['"x"'])`; one argument a line where `expanded`. */
export function call(callee: string, args: readonly string[], expanded = false): string {
  return `${callee}(${args.join(", ")}${expanded && args.length > 0 ? "," : ""})`;
}

/** Words of a variable's or function's name as Python writes them: `OrderStatus` is `order_status`. */
export function snakeCase(name: string): string {
  return name.replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, "$1_$2").toLowerCase();
}
