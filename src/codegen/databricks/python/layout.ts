/**
 * Python laid out as ruff's formatter does it, so that the notebooks stay as they are when a team formats them: lines of
 * at most 120 characters, chains of calls one call a line where they do not fit on one, operators at the start of a line.
 */
import {
  breakParent,
  type Document,
  group,
  ifBroken,
  indent,
  join,
  lazyGroup,
  line,
  onOneLine,
  render,
  softline,
} from "./document.ts";
import {
  type Inside,
  type Items,
  isPlain,
  itemsOf,
  type Python,
  parseExpression,
  precedence,
  readItem,
} from "./syntax.ts";
import { visible } from "./text.ts";

const WIDTH = 120;

/** A statement that ends in an expression: `start` is what stands before it, `orders = ` or nothing. */
export function layoutStatement(start: string, expression: string, depth = 0): string {
  const text = onOneLine(start + expression, depth);
  if (text.length <= WIDTH && isPlain(text)) return text;
  const parsed = parseExpression(expression);
  const value = document(parsed);
  return render([start, mayStandInParentheses(parsed) ? inOwnParentheses(value) : value], WIDTH, depth);
}

/** Whether a statement's expression is put in parentheses when it takes several lines. */
function mayStandInParentheses(expression: Python): boolean {
  return expression.kind === "binary" || expression.kind === "unary" || isChain(expression);
}

function inOwnParentheses(content: Document): Document {
  return group([ifBroken("("), indent([softline, content]), softline, ifBroken(")")]);
}

function document(expression: Python): Document {
  switch (expression.kind) {
    case "atom":
      return expression.text;
    case "string":
      return stringText(expression.prefix, expression.body);
    case "attribute":
    case "call":
    case "subscript":
      return isChain(expression) ? group(postfix(expression, true)) : postfix(expression, false);
    case "lambda":
      return [`lambda ${expression.parameter}: `, document(expression.body)];
    case "unary":
      return [expression.operator, document(expression.operand)];
    case "binary":
      return group(operands(expression));
    case "parentheses":
      return brackets("(", expression.inside, ")", (all) => {
        const [only] = all.list;
        return only && all.list.length === 1 && !all.expanded ? item(only) : items(all);
      });
    case "dict":
      return brackets("{", expression.inside, "}", items);
    case "list":
      return brackets("[", expression.inside, "]", items);
    default:
      return expression satisfies never;
  }
}

/** Attributes and calls behind an operand; in a chain each attribute of a call may start a line. */
function postfix(expression: Python, chain: boolean): Document {
  if (expression.kind === "attribute") {
    const mayBreak = chain && startsLink(expression.value);
    return [postfix(expression.value, chain), mayBreak ? softline : "", `.${expression.name}`];
  }
  if (expression.kind === "call") {
    const args = brackets("(", expression.inside, ")", (all) => group(items(all)));
    return [postfix(expression.callee, chain), args];
  }
  if (expression.kind === "subscript") {
    return [postfix(expression.value, chain), brackets("[", expression.inside, "]", items)];
  }
  return document(expression);
}

/** What an attribute behind may leave for a line of its own. */
function startsLink({ kind }: Python): boolean {
  return kind === "call" || kind === "subscript" || kind === "parentheses";
}

/** At least two attributes of what is a call, a subscript, or in parentheses. */
function isChain(expression: Python): boolean {
  let count = 0;
  for (let each = expression; each.kind === "attribute" || each.kind === "call" || each.kind === "subscript"; ) {
    const inner = each.kind === "call" ? each.callee : each.value;
    if (each.kind === "attribute" && startsLink(inner)) count++;
    each = inner;
  }
  return count >= 2;
}

function brackets(open: string, inside: Inside, close: string, content: (items: Items) => Document): Document {
  if (inside.text === "") return `${open}${close}`;
  const broken = (): Document => [open, indent([softline, content(itemsOf(inside))]), softline, close];
  return inside.isPlain ? lazyGroup(`${open}${inside.text}${close}`, broken) : group(broken());
}

function items({ list, expanded }: Items): Document {
  const lastComma = list.length > 1 || expanded ? ifBroken(",") : "";
  return [join([",", line], list.map(item)), lastComma, expanded ? breakParent : ""];
}

function item({ text, isPlain }: Inside): Document {
  const read = (): Document => {
    const { label, value } = readItem(text);
    if (label === undefined) return document(value);
    return "stars" in label ? [label.stars, document(value)] : [document(label.key), label.mark, document(value)];
  };
  return isPlain ? lazyGroup(text, read) : read();
}

/** The operands of the operators that bind loosest in a row, each operator at the start of a line where it breaks. */
function operands(expression: Python & { readonly kind: "binary" }): Document {
  const level = precedence(expression.operator);
  const side = (each: Python): Document => {
    if (each.kind !== "binary") return document(each);
    return precedence(each.operator) === level ? operands(each) : group(operands(each));
  };
  return [side(expression.left), line, `${expression.operator} `, side(expression.right)];
}

/** In double quotes, and with nothing to escape. */
const PLAIN = /^"[ !#-&(-[\]-~]*"$/;

/** In double quotes, but in single ones where that saves escapes. Raw text stays as it is. */
function stringText(prefix: string, body: string): string {
  if (prefix !== "" || PLAIN.test(body)) return prefix + body;
  const content = body.slice(1, -1).replace(/\\(["'\\])/g, (pair, escaped) => (escaped === "\\" ? pair : escaped));
  const count = (quote: string): number => content.split(quote).length;
  const quote = count('"') > count("'") ? "'" : '"';
  return quote + visible(content).replaceAll(quote, `\\${quote}`) + quote;
}
