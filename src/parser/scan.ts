/** Turns text into tokens by the table in `tokens.ts`. Linear in the length of the text. */
import { CommentToken, lexerTokens, Space, type Token, type TokenType } from "./tokens.ts";

export interface Scanned {
  /** Without comments and whitespace; a new list for each call. */
  readonly tokens: Token[];
  readonly comments: readonly Token[];
  /** The ranges where no token starts. */
  readonly unknown: readonly { readonly start: number; readonly end: number }[];
}

/** The end of the token of a type at an offset; -1 if there is none. */
type Matcher = (text: string, at: number) => number;

interface Candidate {
  readonly type: TokenType;
  readonly endAt: Matcher;
}

export function scan(text: string): Scanned {
  const tokens: Token[] = [];
  const comments: Token[] = [];
  const unknown: { start: number; end: number }[] = [];
  let at = 0;
  while (at < text.length) {
    let type: TokenType | undefined;
    let end = -1;
    for (const candidate of candidatesFor(text.charCodeAt(at))) {
      end = candidate.endAt(text, at);
      if (end === -1) continue;
      type = candidate.type;
      break;
    }
    if (type === undefined) {
      const last = unknown.at(-1);
      if (last?.end === at) last.end = at + 1;
      else unknown.push({ start: at, end: at + 1 });
      at++;
    } else {
      if (type !== Space) {
        const token: Token = { type, image: text.slice(at, end), start: at, content: undefined };
        (type === CommentToken ? comments : tokens).push(token);
      }
      at = end;
    }
  }
  return { tokens, comments, unknown };
}

const all: readonly (Candidate & { readonly starts: RegExp })[] = lexerTokens.map((type) => {
  const { pattern = "", starts } = type;
  if (typeof pattern === "string") {
    return { type, endAt: textMatcher(pattern), starts: new RegExp(`^[\\${pattern.charAt(0)}]`) };
  }
  return { type, endAt: patternMatcher(pattern), starts: new RegExp(`^[${starts}]`) };
});

/** The types that can start with an ASCII character, by its code, in the order in which they are tried. */
const byCode: readonly (readonly Candidate[])[] = Array.from({ length: 128 }, (_, code) =>
  all.filter(({ starts }) => starts.test(String.fromCharCode(code))),
);

function candidatesFor(code: number): readonly Candidate[] {
  return byCode[code] ?? all;
}

function textMatcher(pattern: string): Matcher {
  const { length } = pattern;
  return (text, at) => (text.startsWith(pattern, at) ? at + length : -1);
}

function patternMatcher(pattern: RegExp): Matcher {
  const sticky = new RegExp(pattern.source, "y");
  return (text, at) => {
    sticky.lastIndex = at;
    return sticky.test(text) ? sticky.lastIndex : -1;
  };
}
