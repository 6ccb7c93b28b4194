/**
 * The expressions of Python that notebooks are made of, read from flat text: names, texts, numbers, calls, attributes,
 * subscripts, operators, lambdas, dicts, lists and tuples. What is in brackets is read when it is asked for: most of it
 * fits on a line, and its text can stay as it is. Whoever writes the text cares for meaning only; `layout.ts` makes it
 * readable.
 */

export type Python =
  /** A name, a number, a keyword's value. */
  | { readonly kind: "atom"; readonly text: string }
  | { readonly kind: "string"; readonly prefix: string; readonly body: string }
  | { readonly kind: "attribute"; readonly value: Python; readonly name: string }
  | { readonly kind: "call"; readonly callee: Python; readonly inside: Inside }
  | { readonly kind: "subscript"; readonly value: Python; readonly inside: Inside }
  | { readonly kind: "lambda"; readonly parameter: string; readonly body: Python }
  | { readonly kind: "unary"; readonly operator: string; readonly operand: Python }
  | { readonly kind: "binary"; readonly operator: string; readonly left: Python; readonly right: Python }
  /** A tuple, or one expression in parentheses. */
  | { readonly kind: "parentheses"; readonly inside: Inside }
  | { readonly kind: "dict"; readonly inside: Inside }
  | { readonly kind: "list"; readonly inside: Inside };

/** The text between two brackets. */
export interface Inside {
  readonly text: string;
  /** Whether on one line it is laid out as it stands. */
  readonly isPlain: boolean;
}

export interface Items {
  /** Read by `readItem`. */
  readonly list: readonly Inside[];
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

/** Reads one expression. Throws on what is none: the text is ours. */
export function parseExpression(text: string): Python {
  const reader = createReader(text);
  const expression = reader.binary(0);
  reader.end();
  return expression;
}

/** What is in brackets, cut at its commas. */
export function itemsOf({ text }: Inside): Items {
  const list: Inside[] = [];
  let expanded = false;
  for (let at = skipBlanks(text, 0); at < text.length; at = skipBlanks(text, at)) {
    const { end, isPlain } = scan(text, at, true);
    list.push({ text: text.slice(at, end), isPlain });
    expanded = end < text.length;
    at = end + 1;
  }
  return { list, expanded };
}

/** Reads one of several items. Throws on what is none. */
export function readItem(text: string): Item {
  const reader = createReader(text);
  const item = reader.item();
  reader.end();
  return item;
}

/** Whether a text's only layout on one line is the text itself: nothing to quote in another way, no comma that asks for lines. */
export function isPlain(text: string): boolean {
  const { end, isPlain } = scan(text, 0);
  return isPlain && end === text.length;
}

interface Token {
  /** Empty at the end; of brackets, the opening one. */
  readonly text: string;
  readonly inside?: Inside;
}

const TOKEN =
  /[rRbB]?(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|[\p{L}_][\p{L}\p{N}_]*|\d[\w.]*|\*\*|\/\/|[=!<>]=|[-+*/%&|^~<>=,:.]/uy;
const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

function createReader(text: string) {
  let at = 0;
  let token = next();

  function next(): Token {
    at = skipBlanks(text, at);
    const first = text[at];
    if (first === undefined) return { text: "" };
    const close = CLOSING[first];
    if (close !== undefined) {
      const { end, isPlain } = scan(text, at + 1);
      if (text[end] !== close) throw new Error(`${close} expected at ${end}: ${text}`);
      const inside = { text: text.slice(at + 1, end), isPlain };
      at = end + 1;
      return { text: first, inside };
    }
    TOKEN.lastIndex = at;
    const [found] = TOKEN.exec(text) ?? [];
    if (found === undefined) throw new Error(`no Python at ${at}: ${text}`);
    at = TOKEN.lastIndex;
    return { text: found };
  }

  const take = (expected?: string): Token => {
    const taken = token;
    if (expected !== undefined && taken.text !== expected)
      throw new Error(`${expected} expected before ${at}: ${text}`);
    token = next();
    return taken;
  };

  /** Operands and the operators of this level or tighter between them. */
  function binary(level: number): Python {
    let left = unary();
    for (let tightness = precedence(token.text); tightness >= level; tightness = precedence(token.text)) {
      left = { kind: "binary", operator: take().text, left, right: binary(tightness + 1) };
    }
    return left;
  }

  function unary(): Python {
    if (token.text === "-" || token.text === "~") {
      return { kind: "unary", operator: take().text, operand: unary() };
    }
    return postfix(primary());
  }

  function primary(): Python {
    const { text: word, inside } = take();
    if (inside !== undefined) return { kind: BRACKETED[word] ?? "parentheses", inside };
    if (word === "lambda") return lambda();
    const quoted = /^([rRbB]?)["']/.exec(word);
    if (quoted) return { kind: "string", prefix: quoted[1] ?? "", body: word.slice(quoted[0].length - 1) };
    if (/^[\p{L}\p{N}_]/u.test(word)) return { kind: "atom", text: word };
    throw new Error(`no operand before ${at}: ${text}`);
  }

  function lambda(): Python {
    const parameter = take().text;
    take(":");
    return { kind: "lambda", parameter, body: binary(0) };
  }

  function postfix(start: Python): Python {
    let value = start;
    for (;;) {
      if (token.text === ".") {
        take();
        value = { kind: "attribute", value, name: take().text };
      } else if (token.text === "(" && token.inside !== undefined) {
        value = { kind: "call", callee: value, inside: token.inside };
        take();
      } else if (token.text === "[" && token.inside !== undefined) {
        value = { kind: "subscript", value, inside: token.inside };
        take();
      } else return value;
    }
  }

  function item(): Item {
    if (token.text === "*" || token.text === "**") return { label: { stars: take().text }, value: binary(0) };
    const value = binary(0);
    if (token.text !== "=" && token.text !== ":") return { value };
    return { label: { key: value, mark: take().text === "=" ? "=" : ": " }, value: binary(0) };
  }

  return {
    binary,
    item,
    end(): void {
      if (token.text !== "") throw new Error(`${token.text} is too much before ${at}: ${text}`);
    },
  };
}

const BRACKETED: Readonly<Record<string, "list" | "dict">> = { "[": "list", "{": "dict" };

const QUOTE = '"'.charCodeAt(0);
const APOSTROPHE = "'".charCodeAt(0);
const BACKSLASH = "\\".charCodeAt(0);
const BLANK = " ".charCodeAt(0);
const COMMA = ",".charCodeAt(0);
const TILDE = "~".charCodeAt(0);

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === BLANK) at++;
  return at;
}

/** From a place in a text to the bracket that closes what is open there, or to the end; `toComma`: to a comma before it. */
function scan(text: string, from: number, toComma = false): { readonly end: number; readonly isPlain: boolean } {
  let depth = 0;
  let isPlain = true;
  let before = 0;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE || code === APOSTROPHE) {
      isPlain &&= code === QUOTE;
      for (at++; at < text.length && text.charCodeAt(at) !== code; at++) {
        const inner = text.charCodeAt(at);
        if (inner === BACKSLASH) at++;
        isPlain &&= inner >= BLANK && inner <= TILDE && inner !== BACKSLASH && inner !== APOSTROPHE;
      }
    } else if (isOpening(code)) depth++;
    else if (isClosing(code)) {
      isPlain &&= before !== COMMA;
      if (depth === 0) return { end: at, isPlain };
      depth--;
    } else if (code === COMMA && toComma && depth === 0) return { end: at, isPlain };
    else isPlain &&= code >= BLANK && code <= TILDE;
    if (code !== BLANK) before = code;
  }
  return { end: text.length, isPlain: isPlain && before !== COMMA };
}

/** `(`, `[`, `{` */
function isOpening(code: number): boolean {
  return code === 0x28 || code === 0x5b || code === 0x7b;
}

/** `)`, `]`, `}` */
function isClosing(code: number): boolean {
  return code === 0x29 || code === 0x5d || code === 0x7d;
}
