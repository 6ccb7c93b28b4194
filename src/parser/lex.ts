/**
 * Turns text into tokens. Syntax of other languages (`&&`, `'text'`, `AND`, `-- comment`) is reported here with a fix, and
 * replaced by the token that it means, so that the grammar does not need to know about it.
 */
import { type CodeFix, type Diagnostic, diagnostic } from "../diagnostics/diagnostic.ts";
import type { SourceFile, Span } from "../source.ts";
import type { Comment } from "./ast.ts";
import type { Habit } from "./habits.ts";
import { capitalAt, capitals } from "./keyword-case.ts";
import { scan } from "./scan.ts";
import type { Token, TokenType } from "./tokens.ts";
import * as t from "./tokens.ts";

export interface LexResult {
  /** Without comments and whitespace; a new list for each call. */
  readonly tokens: Token[];
  readonly comments: readonly Comment[];
  readonly diagnostics: readonly Diagnostic[];
  /** Syntax of other languages, by place. */
  readonly habits: readonly Habit[];
}

/** Every spelling of a keyword. */
const spellings = new Map([...t.keywordOf, ...capitals]);

const foreignTypes: ReadonlySet<TokenType> = new Set(t.lexerTokens.filter((type) => t.kindOf(type) === "foreign"));

interface Translation {
  readonly type: TokenType;
  readonly wanted: string;
  readonly hint?: string;
  /** Other possible meanings. */
  readonly otherwise?: string;
  /** Set where it would not mean the same. */
  readonly isUnsure?: boolean;
  /** The name of the habit; by default each spelling is its own habit. */
  readonly key?: string;
}

const OTHER_NOT: Translation = { type: t.Not, wanted: "not" };

/** How other languages write operators and keywords that Medal has. */
const translations = new Map<TokenType, Translation>([
  [t.OtherAnd, { type: t.And, wanted: "and" }],
  [t.OtherNot, OTHER_NOT],
  [t.OtherEqual, { type: t.Equal, wanted: "==" }],
  [t.OtherUnequal, { type: t.NotEqual, wanted: "!=" }],
]);

/** Never throws: invalid tokens are reported and skipped. Linear in the length of the text. */
export function lex(file: SourceFile): LexResult {
  const { tokens, comments, unknown } = scan(file.text);
  const habits: Habit[] = [];
  const hashes = unknown.map(({ start }) => start).filter((start) => startsHashComment(file, start));
  const isHash = new Set(hashes);
  for (const each of hashes) habits.push(hashComment(file, each));
  const diagnostics: Diagnostic[] = unknown
    .filter(({ start }) => !isHash.has(start))
    .map(({ start, end }) => unexpectedCharacters(file, start, end));
  const strayReturn = file.text.includes("\r") ? file.text.search(/\r(?!\n)/) : -1;
  if (strayReturn !== -1) {
    const span = { file: file.path, start: strayReturn, end: strayReturn + 1 };
    const hint = "Lines must end with LF or CRLF; this file uses CR alone.";
    diagnostics.push(diagnostic("unexpected-character", span, { character: "U+000D" }, { hint }));
  }
  let strange = hashes.length > 0 || !isAscii(file.text);
  for (const token of tokens) {
    if (token.image.length > LONGEST_NAME) {
      const isName = token.type === t.Identifier || token.type === t.QuotedName;
      if (isName) habits.push(longName(file, token));
    }
    if (token.type === t.Identifier) {
      const keyword = spellings.get(token.image);
      if (keyword === undefined) continue;
      if (keyword.text === token.image) token.type = keyword.type;
      else strange = true;
    } else if (foreignTypes.has(token.type)) strange = true;
  }
  return {
    tokens: strange ? repair(file, withoutLines(file, tokens, hashes), diagnostics, habits) : tokens,
    comments: comments.map((token) => comment(file, token)),
    diagnostics,
    habits,
  };
}

/** As SQL Server, and with it Synapse, counts. Reported once per file, because the name occurs wherever it is used. */
const LONGEST_NAME = 128;

function longName(file: SourceFile, token: Token): Habit {
  const name = `${token.image.slice(0, 20)}…`;
  const params = { name, length: token.image.length, most: LONGEST_NAME };
  return { key: `long ${token.image}`, found: diagnostic("name-too-long", spanOf(file, token), params) };
}

/** Whether a `#` is the first character of its line: a comment in other languages. Elsewhere it is probably a typo. */
function startsHashComment({ text }: SourceFile, offset: number): boolean {
  if (text[offset] !== "#") return false;
  const line = text.lastIndexOf("\n", offset) + 1;
  return text.slice(line, offset).trim() === "";
}

function hashComment(file: SourceFile, offset: number): Habit {
  const span = { file: file.path, start: offset, end: lineEnd(file, offset) };
  const fix = replaceBy({ ...span, end: offset + 1 }, "//");
  return { key: "#", found: diagnostic("foreign-comment", span, {}, { fix }) };
}

function lineEnd({ text }: SourceFile, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end === -1 ? text.length : end;
}

/** Removes the tokens from these offsets (in ascending order) to the ends of their lines. */
function withoutLines(file: SourceFile, tokens: readonly Token[], offsets: readonly number[]): readonly Token[] {
  let next = 0;
  return tokens.filter(({ start }) => {
    while (next < offsets.length && start >= lineEnd(file, offsets[next] ?? 0)) next++;
    return start < (offsets[next] ?? Number.POSITIVE_INFINITY);
  });
}

function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}

function comment(file: SourceFile, token: Token): Comment {
  const doc = token.image.startsWith("///") && !token.image.startsWith("////");
  return { text: token.image, span: spanOf(file, token), doc };
}

function spanOf(file: SourceFile, token: Token): Span {
  return { file: file.path, start: token.start, end: token.start + token.image.length };
}

function replaceBy(span: Span, text: string): CodeFix {
  return { title: text === "" ? "Remove it" : `Write ${text}`, edits: [{ span, text }] };
}

/** The word, with a space where it would merge with its neighbours. */
function apart(file: SourceFile, span: Span, word: string): string {
  if (!/^\w/.test(word)) return word;
  const before = /[\w`")]/.test(file.text.charAt(span.start - 1)) ? " " : "";
  const after = /[\w`"(]/.test(file.text.charAt(span.end)) ? " " : "";
  return before + word + after;
}

function unexpectedCharacters(file: SourceFile, start: number, end: number): Diagnostic {
  const span = { file: file.path, start, end };
  const text = file.text.slice(start, end);
  const shown = /^[\x21-\x7e\u00a1-\uffff]+$/.test(text)
    ? text
    : `U+${(text.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
  const quoted = /[\u2018-\u201f'"]/.test(text);
  return diagnostic(
    "unexpected-character",
    span,
    { character: shown },
    quoted ? { hint: 'Strings use straight double quotes: "text".' } : {},
  );
}

/** The tokens, with every foreign one replaced or removed and reported. */
function repair(file: SourceFile, tokens: readonly Token[], diagnostics: Diagnostic[], habits: Habit[]): Token[] {
  const kept: Token[] = [];
  let inTheirs = false;
  for (const [at, token] of tokens.entries()) {
    if (token.type === t.ConflictMarker) {
      if (token.image.startsWith("<")) diagnostics.push(diagnostic("merge-conflict", spanOf(file, token), {}));
      inTheirs = token.image.startsWith("=") || token.image.startsWith("|");
      continue;
    }
    // Only one side of a merge conflict is parsed; otherwise everything in it would be a duplicate.
    if (inTheirs) continue;
    const translation = translationOf(file, tokens, at);
    if (translation) {
      habits.push(translated(file, token, translation));
      kept.push(token);
    } else kept.push(...repaired(file, token, tokens[at + 1], diagnostics, habits));
  }
  return kept;
}

function isText(token: Token | undefined): boolean {
  return token?.type === t.Text || token?.type === t.SingleQuoted;
}

/** `||` combines conditions in some languages and concatenates strings in others; a string next to it decides. */
const JOINED_TEXTS: Translation = { type: t.Concat, wanted: "&", hint: "Combine conditions with `or`." };
const JOINED_CONDITIONS: Translation = { type: t.Or, wanted: "or", hint: "Concatenate strings with `&`." };
const JOINED_EITHER: Translation = { type: t.Or, wanted: "or", otherwise: "&" };

const COMPARES: ReadonlySet<TokenType> = new Set([
  ...[t.Equal, t.NotEqual, t.Less, t.LessEqual, t.Greater, t.GreaterEqual, t.OtherEqual, t.OtherUnequal],
]);

/** A comparison next to it, `a > 1 || …`, makes it an `or`. */
function joinedConditions(tokens: readonly Token[], at: number): Translation {
  const around = [tokens[at - 2]?.type, tokens[at + 2]?.type];
  return around.some((type) => type !== undefined && COMPARES.has(type)) ? JOINED_CONDITIONS : JOINED_EITHER;
}

/** `!a == b` means `(not a) == b` in other languages, but `not a == b` is `not (a == b)`. */
function isFollowedByComparison(tokens: readonly Token[], at: number): boolean {
  let next = at + 1;
  let open = 0;
  for (; next < tokens.length; next++) {
    const type = tokens[next]?.type;
    if (type === t.LParen) open++;
    else if (type === t.RParen) open--;
    else if (open === 0 && type !== t.Dot && type !== t.Identifier && type !== t.QuotedName && type !== t.OtherNot)
      break;
    if (open < 0) return false;
  }
  const type = tokens[next]?.type;
  return type !== undefined && COMPARES.has(type);
}

function translationOf(file: SourceFile, tokens: readonly Token[], at: number): Translation | undefined {
  const type = tokens[at]?.type;
  if (type === undefined) return undefined;
  if (type === t.OtherOr)
    return isText(tokens[at - 1]) || isText(tokens[at + 1]) ? JOINED_TEXTS : joinedConditions(tokens, at);
  if (type === t.OtherNot && isFollowedByComparison(tokens, at)) return { ...OTHER_NOT, isUnsure: true };
  const capital = type === t.Identifier ? capitalAt(file, tokens, at) : undefined;
  return capital ? { type: capital.type, wanted: capital.text, key: "capitals" } : translations.get(type);
}

/** Replaces the token by the one that it means, and reports it. */
function translated(file: SourceFile, token: Token, translation: Translation): Habit {
  const { type, wanted, hint, otherwise, isUnsure, key } = translation;
  const span = spanOf(file, token);
  const fix = replaceBy(span, apart(file, span, wanted));
  const found = token.image;
  token.type = type;
  return {
    key: key ?? `${found} ${wanted} ${otherwise ?? ""} ${isUnsure ?? false}`,
    found: diagnostic(
      "foreign-syntax",
      span,
      { found, wanted },
      hint === undefined ? wayOut(file, span, fix, otherwise, isUnsure) : { fix, hint },
    ),
  };
}

function wayOut(file: SourceFile, span: Span, fix: CodeFix, otherwise: string | undefined, isUnsure = false) {
  if (isUnsure)
    return { hint: "`not` has lower precedence than a comparison: write `not (…)` around the negated expression." };
  if (otherwise === undefined) return { fix };
  const other = replaceBy(span, apart(file, span, otherwise));
  const choices = [
    { ...fix, title: "Write or, between conditions" },
    { ...other, title: `Write ${otherwise}, between texts` },
  ];
  return { hint: "Combine conditions with `or`; concatenate strings with `&`.", choices };
}

function isAStep(token: Token | undefined): boolean {
  return (
    token !== undefined && t.keywords.some((each) => each.role === "step" && each.text === token.image.toLowerCase())
  );
}

function repaired(
  file: SourceFile,
  token: Token,
  next: Token | undefined,
  diagnostics: Diagnostic[],
  habits: Habit[],
): readonly Token[] {
  const span = spanOf(file, token);
  switch (token.type) {
    case t.Identifier:
      if (!isAscii(token.image)) {
        const quoted = `\`${token.image}\``;
        diagnostics.push(diagnostic("unquoted-name", span, { name: token.image }, { fix: replaceBy(span, quoted) }));
      }
      return [token];
    case t.SingleQuoted: {
      const raw = token.image.slice(1, -1);
      const text = raw.replaceAll("''", "'").replaceAll("\\", "\\\\").replaceAll('"', '\\"');
      // A backslash is literal in SQL, and starts an escape in other languages.
      const way = raw.includes("\\")
        ? { hint: "In double quotes, write a literal backslash as \\\\." }
        : { fix: replaceBy(span, `"${text}"`) };
      const found = diagnostic("single-quoted-text", span, {}, way);
      habits.push({ key: "quotes", found });
      token.type = t.Text;
      token.content = text;
      return [token];
    }
    case t.OpenText:
      return openText(file, token, diagnostics);
    case t.DashComment: {
      const fix = replaceBy({ ...span, end: span.start + 2 }, "//");
      habits.push({ key: "--", found: diagnostic("foreign-comment", span, {}, { fix }) });
      return [];
    }
    case t.BlockComment:
      habits.push({ key: "/*", found: diagnostic("foreign-comment", span, {}) });
      return [];
    case t.Pipe: {
      const hint = "Steps need no separator.";
      const params = { character: token.image };
      // Other than between steps, it may have been meant differently.
      const fix = isAStep(next) ? { fix: replaceBy(span, "") } : {};
      habits.push({ key: "|", found: diagnostic("unexpected-character", span, params, { hint, ...fix }) });
      return [];
    }
    case t.Semicolon: {
      const fix = replaceBy(span, "");
      habits.push({ key: ";", found: diagnostic("unexpected-character", span, { character: ";" }, { fix }) });
      return [];
    }
    default:
      return [token];
  }
}

const closers = new Map([
  [",", t.Comma],
  [")", t.RParen],
  ["]", t.RBracket],
  ["}", t.RBrace],
]);

/** An unterminated string extends to the end of the line; brackets at its end most likely close open ones. */
function openText(file: SourceFile, token: Token, diagnostics: Diagnostic[]): readonly Token[] {
  let end = token.image.length;
  while (end > 1 && /[\s,)\]}]/.test(token.image.charAt(end - 1))) end--;
  const span = { ...spanOf(file, token), end: token.start + end };
  const close = { title: "Close it", edits: [{ span: { ...span, start: span.end }, text: '"' }] };
  // If it contains spaces or symbols, it may be meant to end before them.
  const isWord = /^"[\w.-]*$/.test(token.image.slice(0, end));
  diagnostics.push(diagnostic("unterminated-text", span, {}, isWord ? { fix: close } : {}));
  const rest = [...token.image.slice(end)].flatMap((character, index): readonly Token[] => {
    const type = closers.get(character);
    if (!type) return [];
    return [
      {
        image: character,
        start: token.start + end + index,
        type,
        content: undefined,
      },
    ];
  });
  token.image = token.image.slice(0, end);
  token.content = token.image.slice(1);
  token.type = t.Text;
  return [token, ...rest];
}
