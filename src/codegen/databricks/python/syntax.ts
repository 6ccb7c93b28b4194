/**
 * The expressions of Python that notebooks are made of, read from flat text: names, texts, numbers, calls, attributes,
 * subscripts, operators, lambdas, dicts, lists and tuples. Whoever writes the text cares for meaning only; `layout.ts` makes it readable.
 */

export type Python =
  /** A name, a number, a keyword's value. */
  | { readonly kind: "atom"; readonly text: string }
  | { readonly kind: "string"; readonly prefix: string; readonly body: string }
  | { readonly kind: "attribute"; readonly value: Python; readonly name: string }
  | { readonly kind: "call"; readonly callee: Python; readonly args: Items }
  | { readonly kind: "subscript"; readonly value: Python; readonly index: Python }
  | { readonly kind: "lambda"; readonly parameter: string; readonly body: Python }
  | { readonly kind: "unary"; readonly operator: string; readonly operand: Python }
  | { readonly kind: "binary"; readonly operator: string; readonly left: Python; readonly right: Python }
  | { readonly kind: "parentheses"; readonly inner: Python }
  | { readonly kind: "dict"; readonly items: Items }
  | { readonly kind: "list"; readonly items: Items }
  | { readonly kind: "tuple"; readonly items: Items };

export interface Items {
  readonly list: readonly Item[];
  /** A comma behind the last one asks for one item a line. */
  readonly expanded: boolean;
}

/** `label` is what stands before the value: `name=`, `"key": `, `**`. */
export interface Item {
  readonly label?: { readonly key: Python; readonly mark: "=" | ": " } | { readonly stars: string };
  readonly value: Python;
}

/** How tight operators bind, the loosest first. */
const LEVELS: ReadonlyMap<string, number> = new Map(
  [["or"], ["and"], ["==", "!=", "<", "<=", ">", ">="], ["|"], ["^"], ["&"], ["+", "-"], ["*", "/", "//", "%"]].flatMap(
    (operators, level) => operators.map((operator) => [operator, level] as const),
  ),
);

/** The level of a binary operator; greater binds tighter. -1 for what is none. */
export function precedence(operator: string): number {
  return LEVELS.get(operator) ?? -1;
}

const TOKEN =
  /[rRbB]?(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|[\p{L}_][\p{L}\p{N}_]*|\d[\w.]*|\*\*|\/\/|[=!<>]=|[-+*/%&|^~<>=()[\]{},:.]/guy;

/** Reads one expression. Throws on what is none: the text is ours. */
export function parseExpression(text: string): Python {
  const tokens = tokensOf(text);
  const reader = createReader(tokens);
  const expression = reader.binary(0);
  reader.end();
  return expression;
}

function tokensOf(text: string): readonly string[] {
  const tokens: string[] = [];
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    while (text[at] === " ") at++;
    TOKEN.lastIndex = at;
    const [token] = TOKEN.exec(text) ?? [];
    if (token === undefined) throw new Error(`no Python at ${at}: ${text}`);
    tokens.push(token);
  }
  return tokens;
}

function createReader(tokens: readonly string[]) {
  let at = 0;
  const peek = (): string => tokens[at] ?? "";
  const take = (expected?: string): string => {
    const token = tokens[at++] ?? "";
    if (expected !== undefined && token !== expected) throw new Error(`${expected} expected in ${tokens.join(" ")}`);
    return token;
  };

  /** Operands and the operators of this level or tighter between them. */
  function binary(level: number): Python {
    let left = unary();
    for (let at = precedence(peek()); at >= level; at = precedence(peek())) {
      left = { kind: "binary", operator: take(), left, right: binary(at + 1) };
    }
    return left;
  }

  function unary(): Python {
    if (peek() === "-" || peek() === "~") return { kind: "unary", operator: take(), operand: unary() };
    return postfix(primary());
  }

  function primary(): Python {
    const token = take();
    if (token === "(") return parenthesised();
    if (token === "[") return { kind: "list", items: items("]") };
    if (token === "{") return { kind: "dict", items: items("}") };
    if (token === "lambda") return lambda();
    const quoted = /^([rRbB]?)["']/.exec(token);
    if (quoted) return { kind: "string", prefix: quoted[1] ?? "", body: token.slice(quoted[0].length - 1) };
    if (/^[\p{L}\p{N}_]/u.test(token)) return { kind: "atom", text: token };
    throw new Error(`${token} is no operand in ${tokens.join(" ")}`);
  }

  function lambda(): Python {
    const parameter = take();
    take(":");
    return { kind: "lambda", parameter, body: binary(0) };
  }

  function parenthesised(): Python {
    const inside = items(")");
    const [only] = inside.list;
    return only && inside.list.length === 1 && !inside.expanded
      ? { kind: "parentheses", inner: only.value }
      : { kind: "tuple", items: inside };
  }

  function postfix(start: Python): Python {
    let value = start;
    for (;;) {
      if (peek() === ".") {
        take();
        value = { kind: "attribute", value, name: take() };
      } else if (peek() === "(") {
        take();
        value = { kind: "call", callee: value, args: items(")") };
      } else if (peek() === "[") {
        take();
        value = { kind: "subscript", value, index: binary(0) };
        take("]");
      } else return value;
    }
  }

  function items(close: string): Items {
    const list: Item[] = [];
    let expanded = false;
    while (peek() !== close) {
      list.push(item());
      expanded = false;
      if (peek() !== close) {
        take(",");
        expanded = true;
      }
    }
    take(close);
    return { list, expanded: expanded && list.length > 0 };
  }

  function item(): Item {
    if (peek() === "*" || peek() === "**") return { label: { stars: take() }, value: binary(0) };
    const value = binary(0);
    if (peek() !== "=" && peek() !== ":") return { value };
    return { label: { key: value, mark: take() === "=" ? "=" : ": " }, value: binary(0) };
  }

  return {
    binary,
    end(): void {
      if (at < tokens.length) throw new Error(`${peek()} is too much in ${tokens.join(" ")}`);
    },
  };
}
