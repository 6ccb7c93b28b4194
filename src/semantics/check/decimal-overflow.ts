/** Decimal results that need too many digits: which operands need them, and hints that keep the value exact. */
import { type Diagnostic, diagnostic } from "../../diagnostics/diagnostic.ts";
import { digitsOfArgument, whole } from "../../functions/decimals.ts";
import { resolveCall } from "../../functions/resolve.ts";
import type { Span } from "../../source.ts";
import { decimal, typeText } from "../../types.ts";
import type { Expr } from "../typed.ts";
import { argumentInfo } from "./argument-info.ts";

export function decimalOverflow(name: string, args: readonly Expr[], detail: string, span: Span): Diagnostic {
  const parts = args.flatMap((each) =>
    written(each).kind === "literal" ? [] : [`${textOf(each)} is ${typeText(written(each).type)}`],
  );
  const ways = [narrowed(name, args), rounded(name, args)].filter((each) => each !== undefined);
  const known = parts.length === 0 ? [] : [`Here ${parts.join(" and ")}.`];
  const hint = ways.length === 0 ? {} : { hint: [...known, ...ways].join(" ") };
  return diagnostic("decimal-overflow", span, { name: `\`${name}\``, detail }, hint);
}

/** An operand with fewer digits before the decimal point, so that the result fits; decimal places are never reduced. */
function narrowed(name: string, args: readonly Expr[]): string | undefined {
  const operands = args
    .map((expr, at) => ({ expr, at, digits: digitsOfArgument(argumentInfo(expr)) }))
    .flatMap(({ expr, at, digits }) => (digits && expr.kind !== "literal" ? [{ expr, at, digits }] : []))
    .sort((a, b) => whole(b.digits) - whole(a.digits));
  for (const { expr, at, digits } of operands) {
    const { scale } = digits;
    for (let before = whole(digits) - 1; before > 0; before--) {
      const type = decimal(before + scale, scale);
      const infos = args.map((each, index) => (index === at ? { type, nullable: each.nullable } : argumentInfo(each)));
      if (!resolveCall(name, infos).ok) continue;
      const operand = isSimple(expr) ? textOf(expr) : `(${textOf(expr)})`;
      const width = `${before} digit${before === 1 ? "" : "s"} before the decimal point`;
      return `Declare only the digits that the values need, or cast them: \`(${operand} as ${typeText(type)})\` keeps every value with up to ${width} and fails on larger ones.`;
    }
  }
  return undefined;
}

/** The product rounded at the longer of the two scales. */
function rounded(name: string, args: readonly Expr[]): string | undefined {
  if (name !== "*") return undefined;
  const infos = args.map(argumentInfo);
  const scale = Math.max(...infos.map((each) => digitsOfArgument(each)?.scale ?? 0));
  const digits = { type: { kind: "int" }, nullable: false, literal: String(scale) } as const;
  if (!resolveCall("multiply", [...infos, digits]).ok) return undefined;
  return `Or say where to round: \`multiply(${args.map(textOf).join(", ")}, ${scale})\` computes the product exactly and rounds it to ${scale} digit${scale === 1 ? "" : "s"} after the decimal point.`;
}

const OPERATORS: ReadonlySet<string> = new Set(["+", "-", "*", "/", "%"]);
/** Longer expressions are not shown. */
const LONGEST = 60;

/** The expression as the program could have written it; truncated if it is long. */
function textOf(expr: Expr): string {
  const text = fullText(expr);
  return text.length <= LONGEST ? text : "…";
}

function fullText(expr: Expr): string {
  const shown = written(expr);
  switch (shown.kind) {
    case "column":
      return shown.qualifier === undefined ? shown.name : `${shown.qualifier}.${shown.name}`;
    case "literal":
      return String(shown.value);
    case "aggregate":
      return `${shown.fn}(${shown.args.map(fullText).join(", ")})`;
    case "match":
      return "match { … }";
    case "call":
      break;
  }
  const args = shown.args.map((each) =>
    OPERATORS.has(shown.fn) && !isSimple(each) ? `(${fullText(each)})` : fullText(each),
  );
  if (OPERATORS.has(shown.fn)) return args.join(` ${shown.fn} `);
  if (shown.fn === "as" || shown.fn === "as?") return `(${args.join()} ${shown.fn} ${typeText(shown.type)})`;
  return shown.fn === "neg" ? `-${args.join()}` : `${shown.fn}(${args.join(", ")})`;
}

function isSimple(expr: Expr): boolean {
  const shown = written(expr);
  return shown.kind !== "call" || !OPERATORS.has(shown.fn);
}

/** Without implicit widening. */
function written(expr: Expr): Expr {
  const [inner] = expr.kind === "call" && expr.fn === "widen" ? expr.args : [];
  return inner ?? expr;
}
