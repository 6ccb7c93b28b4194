/**
 * The tokens of Medal: one table, in the order in which the lexer tries them. Used by the lexer, the grammar, the messages,
 * the formatter and the TextMate grammar of the editors.
 *
 * Notes:
 * - Only `reserved` words cannot be names. Every other keyword has the category `Word`, like an identifier: a column can be
 *   called `key`, `source` or `date`, and the grammar decides by the position.
 * - Syntax of other languages (`&&`, `'text'`, `--`) has tokens too, so that it gets its own message and parsing continues
 *   as if it were valid: see `lex.ts`. No rule of the grammar uses these tokens.
 */

/** A kind of token. */
export interface TokenType {
  readonly name: string;
  /** Its name in messages. */
  readonly label: string;
  /** Its text or pattern; undefined for keywords, which `lex.ts` finds among the identifiers. */
  readonly pattern: string | RegExp | undefined;
  /** Of a regular expression: the characters that a match starts with, as the content of a character class. */
  readonly starts: string | undefined;
  /** `Word` or `Infix`, which rules use like a type. */
  readonly category: TokenType | undefined;
}

/** A token of a file. */
export interface Token {
  type: TokenType;
  /** The text as written. */
  image: string;
  readonly start: number;
  /** The content of a string that is not in double quotes. */
  content: string | undefined;
}

/** Whether a token is of a type or a category. */
export function matches(token: Token, type: TokenType): boolean {
  return token.type === type || token.type.category === type;
}

/** The role of a token; the editors' grammar derives colours from it. */
export type TokenKind = "keyword" | "operator" | "name" | "string" | "number" | "punctuation" | "constant" | "foreign";

/** The role of a keyword. */
export type KeywordRole = "declaration" | "step" | "modifier" | "operator" | "constant";

export interface Keyword {
  readonly text: string;
  readonly role: KeywordRole;
  /** Reserved words can be names only in backticks. */
  readonly reserved: boolean;
  readonly type: TokenType;
}

const kinds = new Map<TokenType, TokenKind>();

/** All types have the same properties in the same order, which keeps the parser fast. */
function tokenType(
  name: string,
  label: string,
  { pattern, starts, category }: Partial<Pick<TokenType, "pattern" | "starts" | "category">> = {},
): TokenType {
  return { name, label, pattern, starts, category };
}

/** Identifiers, names in backticks and all keywords that are not reserved. */
export const Word: TokenType = tokenType("Word", "a name");

/** The operators of a `BinaryExpression`. */
export const Infix: TokenType = tokenType("Infix", "an operator");

/** Letters of any script: a name outside ASCII is one token, and reported as needing backticks. */
const LETTER = "A-Za-z_\\u00aa-\\u02ff\\u0370-\\u1fff\\u2c00-\\u2dff\\u3040-\\ud7ff\\uf900-\\ufdcf\\ufdf0-\\ufefc";

function token(kind: TokenKind, ...definition: Parameters<typeof tokenType>): TokenType {
  const type = tokenType(...definition);
  kinds.set(type, kind);
  return type;
}

function symbol(name: string, kind: "operator" | "punctuation", text: string, category?: TokenType): TokenType {
  return token(kind, name, `\`${text}\``, { pattern: text, category });
}

/** Syntax of other languages. */
function foreign(name: string, pattern: RegExp | string, starts?: string): TokenType {
  return token("foreign", name, "foreign syntax", { pattern, starts });
}

const words: Keyword[] = [];

function word(text: string, role: KeywordRole, reserved: boolean, category?: TokenType): TokenType {
  const name = text.charAt(0).toUpperCase() + text.slice(1);
  const type = token(role === "constant" ? "constant" : "keyword", name, `\`${text}\``, { category });
  words.push({ text, role, reserved, type });
  return type;
}

const declaration = (text: string): TokenType => word(text, "declaration", false, Word);
const step = (text: string): TokenType => word(text, "step", false, Word);
const modifier = (text: string): TokenType => word(text, "modifier", false, Word);
const reserved = (text: string, role: KeywordRole, category?: TokenType): TokenType => word(text, role, true, category);

export const Identifier = token("name", "Identifier", "a name", {
  pattern: new RegExp(`[${LETTER}][${LETTER}0-9]*`),
  starts: LETTER,
  category: Word,
});

export const Import = declaration("import");
export const Project = declaration("project");
export const Param = declaration("param");
export const Secret = declaration("secret");
export const Source = declaration("source");
export const Enum = declaration("enum");
export const Fn = declaration("fn");
export const Bronze = declaration("bronze");
export const Silver = declaration("silver");
export const Gold = declaration("gold");

export const From = step("from");
export const Where = step("where");
export const Derive = step("derive");
export const Select = step("select");
export const Distinct = step("distinct");
export const Join = step("join");
export const Left = step("left");
export const Group = step("group");
export const Expect = step("expect");
export const Key = step("key");
export const Sort = step("sort");
export const Take = step("take");

export const Load = modifier("load");
export const One = modifier("one");
export const Many = modifier("many");
export const On = modifier("on");
export const By = modifier("by");
export const Per = modifier("per");
export const Asc = modifier("asc");
export const Desc = modifier("desc");
export const Latest = modifier("latest");
export const Earliest = modifier("earliest");
export const At = modifier("at");
export const Reject = modifier("reject");
export const Most = modifier("most");

export const And = reserved("and", "operator", Infix);
export const Or = reserved("or", "operator", Infix);
export const Div = reserved("div", "operator", Infix);
export const Not = reserved("not", "operator");
export const Is = reserved("is", "operator");
export const In = reserved("in", "operator");
export const Between = reserved("between", "operator");
export const As = reserved("as", "operator");
export const Match = reserved("match", "modifier");
export const Else = reserved("else", "modifier");
export const True = reserved("true", "constant");
export const False = reserved("false", "constant");
export const Null = reserved("null", "constant");

export const QuotedName = token("name", "QuotedName", "a name", {
  pattern: /`(?:[^`\r\n]|``)+`/,
  starts: "`",
  category: Word,
});
export const Text = token("string", "Text", "a string", {
  pattern: /"(?:[^"\\\r\n]|\\[^\r\n])*"/,
  starts: '"',
});
/** Wider than valid numbers, so that `1e5` and `2nd` are one error instead of two tokens. */
export const Numeral = token("number", "Numeral", "a number", {
  pattern: /(?:[0-9]\w*(?:\.[0-9]\w*)?|\.[0-9]\w*)/,
  starts: "0-9.",
});

export const LBrace = symbol("LBrace", "punctuation", "{");
export const RBrace = symbol("RBrace", "punctuation", "}");
export const LParen = symbol("LParen", "punctuation", "(");
export const RParen = symbol("RParen", "punctuation", ")");
export const LBracket = symbol("LBracket", "punctuation", "[");
export const RBracket = symbol("RBracket", "punctuation", "]");
export const Comma = symbol("Comma", "punctuation", ",");
export const Colon = symbol("Colon", "punctuation", ":");
export const Dot = symbol("Dot", "punctuation", ".");
export const DotDot = symbol("DotDot", "operator", "..");
export const Tag = symbol("Tag", "punctuation", "@");
export const Question = symbol("Question", "operator", "?");
export const Assign = symbol("Assign", "operator", "=");
export const Arrow = symbol("Arrow", "operator", "=>");

export const Equal = symbol("Equal", "operator", "==", Infix);
export const NotEqual = symbol("NotEqual", "operator", "!=", Infix);
export const Less = symbol("Less", "operator", "<", Infix);
export const LessEqual = symbol("LessEqual", "operator", "<=", Infix);
export const Greater = symbol("Greater", "operator", ">", Infix);
export const GreaterEqual = symbol("GreaterEqual", "operator", ">=", Infix);
export const Coalesce = symbol("Coalesce", "operator", "??", Infix);
export const Plus = symbol("Plus", "operator", "+", Infix);
export const Minus = symbol("Minus", "operator", "-", Infix);
export const Concat = symbol("Concat", "operator", "&", Infix);
export const Star = symbol("Star", "operator", "*", Infix);
export const Slash = symbol("Slash", "operator", "/", Infix);
export const Percent = symbol("Percent", "operator", "%", Infix);

export const ConflictMarker = foreign("ConflictMarker", /(?:<{7}|={7}|>{7}|\|{7})[^\r\n]*/, "<=>|");
export const OpenText = foreign("OpenText", /"(?:[^"\\\r\n]|\\[^\r\n])*\\?/, '"');
/** Including the curly quotes of word processors. */
export const SingleQuoted = foreign(
  "SingleQuoted",
  /'(?:[^'\r\n]|'')*'|[\u201c-\u201f][^\u201c-\u201f"\r\n]*[\u201c-\u201f]|[\u2018-\u201b][^\u2018-\u201b\r\n]*[\u2018-\u201b]/,
  "'\u2018-\u201f",
);
export const DashComment = foreign("DashComment", /--[^\r\n]*/, "-");
export const BlockComment = foreign("BlockComment", /\/\*[\s\S]*?\*\//, "/");
export const Semicolon = foreign("Semicolon", ";");
export const OtherAnd = foreign("OtherAnd", "&&");
export const OtherOr = foreign("OtherOr", "||");
export const OtherNot = foreign("OtherNot", "!");
export const OtherArrow = foreign("OtherArrow", "->");
export const Pipe = foreign("Pipe", /\|>?/, "|");
export const OtherEqual = foreign("OtherEqual", "===");
export const OtherUnequal = foreign("OtherUnequal", /<>|!==/, "<!");

export const Space = tokenType("Space", "a space", { pattern: /[ \t\r\n]+/, starts: " \\t\\r\\n" });
export const CommentToken = tokenType("Comment", "a comment", { pattern: /\/\/[^\r\n]*/, starts: "/" });
/** The end of a file, as a token. */
export const EndOfFile = tokenType("EndOfFile", "the end of the file");

/** All keywords. The lexer reads them as identifiers and then looks them up here. */
export const keywords: readonly Keyword[] = words;
export const keywordOf: ReadonlyMap<string, Keyword> = new Map(keywords.map((each) => [each.text, each]));

/** In the order in which they are tried: a longer token comes before its own prefixes. */
export const lexerTokens: readonly TokenType[] = [
  Space,
  CommentToken,
  Identifier,
  QuotedName,
  DotDot,
  Numeral,
  Text,
  OpenText,
  ConflictMarker,
  BlockComment,
  DashComment,
  SingleQuoted,
  OtherAnd,
  OtherOr,
  Pipe,
  OtherArrow,
  OtherEqual,
  OtherUnequal,
  Arrow,
  Equal,
  NotEqual,
  OtherNot,
  LessEqual,
  Less,
  GreaterEqual,
  Greater,
  Coalesce,
  Question,
  Assign,
  LBrace,
  RBrace,
  LParen,
  RParen,
  LBracket,
  RBracket,
  Comma,
  Colon,
  Dot,
  Tag,
  Plus,
  Minus,
  Concat,
  Star,
  Slash,
  Percent,
  Semicolon,
];

/** All tokens that the grammar can get. */
export const vocabulary: readonly TokenType[] = [
  ...lexerTokens.filter((each) => each !== Space && each !== CommentToken),
  ...keywords.map((each) => each.type),
];

export function kindOf(type: TokenType): TokenKind | undefined {
  return kinds.get(type);
}
