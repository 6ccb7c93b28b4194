/** `order_id as id`: names a column in other languages, where `as` is a cast in Medal. */
import { diagnostic } from "../../diagnostics/diagnostic.ts";
import type { CastExpression, Expression, NamedExpression, Step } from "../../parser/ast.ts";
import type { CheckContext } from "./context.ts";
import { looksLikeType } from "./type-reference.ts";

/** The intended step: each `value as name` in it is reported, and interpreted as `name = value`. */
export function withRenames(step: Step, context: CheckContext): Step {
  const mended = (entries: readonly NamedExpression[]): readonly NamedExpression[] =>
    entries.some((each) => renaming(each, context)) ? entries.map((each) => renamed(each, context)) : entries;
  switch (step.kind) {
    case "derive":
    case "select": {
      const columns = mended(step.columns);
      return columns === step.columns ? step : { ...step, columns };
    }
    case "group": {
      const keys = mended(step.keys);
      const aggregates = mended(step.aggregates);
      return keys === step.keys && aggregates === step.aggregates ? step : { ...step, keys, aggregates };
    }
    default:
      return step;
  }
}

/** The cast that is meant as a name of the entry; undefined if there is none. */
function renaming(entry: NamedExpression, context: CheckContext): CastExpression | undefined {
  const cast = entry.name ? undefined : lastCast(entry.value);
  if (!cast || cast.lenient || cast.type.args.length > 0) return undefined;
  return looksLikeType(cast.type.name.text, context) ? undefined : cast;
}

function renamed(entry: NamedExpression, context: CheckContext): NamedExpression {
  const cast = renaming(entry, context);
  if (!cast) return entry;
  const { name } = cast.type;
  const hint = `\`as\` casts to a type; write the name before the value: \`${name.text} = …\`.`;
  const edits = [
    { span: { ...entry.span, end: entry.span.start }, text: `${name.text} = ` },
    { span: { ...cast.span, start: cast.operand.span.end }, text: "" },
  ];
  // The span of a value in parentheses excludes them, so the position of `as` is unknown.
  const isPlain = cast.operand.kind === "path" || cast.operand.kind === "call";
  const fix = isPlain && cast === entry.value ? { fix: { title: `Write ${name.text} = …`, edits } } : {};
  context.report(diagnostic("unnamed-column", entry.span, {}, { hint, ...fix }));
  return { ...entry, name, value: withoutLastCast(entry.value) };
}

/** The cast at the end of a value, where other languages have a name: it binds only to the last operand. */
function lastCast(value: Expression): CastExpression | undefined {
  if (value.kind === "cast") return value;
  return value.kind === "binary" ? lastCast(value.right) : undefined;
}

function withoutLastCast(value: Expression): Expression {
  if (value.kind === "cast") return value.operand;
  return value.kind === "binary" ? { ...value, right: withoutLastCast(value.right) } : value;
}
