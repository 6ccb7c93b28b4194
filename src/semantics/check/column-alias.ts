/** `order_id as id`: how other languages name a column, where `as` converts a value here. */
import { diagnostic } from "../../diagnostics/diagnostic.ts";
import type { CastExpression, Expression, NamedExpression, Step } from "../../parser/ast.ts";
import type { CheckContext } from "./context.ts";
import { looksLikeType } from "./type-reference.ts";

/** The step as it was meant: each `value as name` in it is reported, and read as `name = value`. */
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

/** The cast that is meant to name the entry; undefined where there is none. */
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
  // The span of a value in parentheses leaves them out: then where `as` begins is not known.
  const isPlain = cast.operand.kind === "path" || cast.operand.kind === "call";
  const fix = isPlain && cast === entry.value ? { fix: { title: `Write ${name.text} = …`, edits } } : {};
  context.report(diagnostic("unnamed-column", entry.span, {}, { hint, ...fix }));
  return { ...entry, name, value: withoutLastCast(entry.value) };
}

/** The cast at the end of a value, where a name would stand in other languages: it binds to the last operand alone. */
function lastCast(value: Expression): CastExpression | undefined {
  if (value.kind === "cast") return value;
  return value.kind === "binary" ? lastCast(value.right) : undefined;
}

function withoutLastCast(value: Expression): Expression {
  if (value.kind === "cast") return value.operand;
  return value.kind === "binary" ? { ...value, right: withoutLastCast(value.right) } : value;
}
