/**
 * Generates the TextMate grammar for editors from the lexer's token table; with --check it only checks that the file is up
 * to date. A line-based grammar cannot know whether `key` is a column or a step; it decides by the adjacent characters,
 * which is correct for formatted files.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as t from "../src/parser/tokens.ts";
import { BINARY, BOOL, DATE, DOUBLE, INT, LONG, STRING, TIMESTAMP } from "../src/types.ts";

const target = fileURLToPath(new URL("../editors/vscode/syntaxes/medal.tmLanguage.json", import.meta.url));

interface Rule {
  readonly comment?: string;
  readonly name?: string;
  readonly match: string;
  readonly captures?: Readonly<Record<string, { readonly name?: string; readonly patterns?: readonly Rule[] }>>;
}

/** The source of a token's pattern in the dialect of Oniguruma. */
function patternOf({ pattern }: t.TokenType): string {
  if (!(pattern instanceof RegExp)) throw new Error("a pattern of characters is no regular expression");
  return pattern.source.replaceAll(/\\u([0-9a-f]{4})/g, "\\x{$1}");
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

function symbols(kind: t.TokenKind): string {
  const texts = t.lexerTokens.filter((type) => t.kindOf(type) === kind).map((type) => type.pattern);
  const longestFirst = texts.filter((text) => typeof text === "string").sort((a, b) => b.length - a.length);
  return longestFirst.map(escaped).join("|");
}

function words(belongs: (keyword: t.Keyword) => boolean): string {
  return `(?:${t.keywords
    .filter(belongs)
    .map((each) => each.text)
    .sort()
    .join("|")})`;
}

const NAME = patternOf(t.Identifier);
const QUOTED = patternOf(t.QuotedName);
const SCALARS = [
  ...[BINARY, BOOL, DATE, DOUBLE, INT, LONG, STRING, TIMESTAMP].map((type) => type.kind),
  "decimal",
].sort();
/** Not after a dot or `@`, and not part of a longer word. */
const START = "(?<![.@\\w])";
/** Not a defined name, a namespace, a call or a list item: `key = 1`, `key: int`, `silver.orders`, `left(a)`, `(a, key)`. */
const NO_NAME = "(?!\\w|\\(|\\s*(?:\\.(?!\\.)|:|,|\\)|=(?![=>])))";

const declared: readonly Rule[] = [
  {
    comment: "A declaration and its name",
    match: `^\\s*(${words((each) => each.role === "declaration")})\\s+(?:(${NAME})|(${QUOTED})|(?="))`,
    captures: {
      1: { name: "storage.type.declaration.medal" },
      2: { name: "entity.name.type.medal" },
      3: { name: "entity.name.type.medal" },
    },
  },
];

const typed: readonly Rule[] = [
  {
    comment: "The type of a column, a parameter or a result",
    match: `(?<=[\\w\`)])(:)\\s*(?!(?:true|false)\\b)(${NAME})(?!\\s*\\.|\\w)`,
    captures: { 1: { name: "punctuation.medal" }, 2: { name: "support.type.medal" } },
  },
  {
    comment: "The type of a cast",
    match: `\\b(as)(\\?)?\\s+(${SCALARS.join("|")})\\b(?!\\.)`,
    captures: {
      1: { name: "keyword.operator.word.medal" },
      2: { name: "keyword.operator.medal" },
      3: { name: "support.type.medal" },
    },
  },
];

const texts: readonly Rule[] = [
  {
    name: "string.quoted.double.medal",
    match: patternOf(t.Text),
    captures: {
      0: {
        patterns: [
          { name: "constant.character.escape.medal", match: '\\\\(?:["\\\\nrt]|u\\{[0-9a-fA-F]{1,6}\\})' },
          { name: "invalid.illegal.escape.medal", match: "\\\\." },
        ],
      },
    },
  },
  { name: "invalid.illegal.unterminated.medal", match: patternOf(t.OpenText) },
];

const grammar = {
  $schema: "https://json.schemastore.org/tmlanguage.json",
  name: "Medal",
  scopeName: "source.medal",
  fileTypes: ["medal"],
  patterns: [
    { name: "comment.line.documentation.medal", match: `(?=///(?!/))${patternOf(t.CommentToken)}` },
    { name: "comment.line.double-slash.medal", match: patternOf(t.CommentToken) },
    ...texts,
    ...declared,
    ...typed,
    {
      comment: "A tag",
      match: `(@)(${NAME}|${QUOTED})`,
      captures: { 1: { name: "punctuation.definition.tag.medal" }, 2: { name: "entity.other.attribute-name.medal" } },
    },
    { name: "variable.other.quoted.medal", match: QUOTED },
    { name: "variable.other.member.medal", match: `(?<=\\.)${NAME}` },
    { name: "constant.language.medal", match: `${START}${words((each) => each.role === "constant")}\\b` },
    {
      name: "keyword.operator.word.medal",
      match: `${START}${words((each) => each.reserved && each.role === "operator")}\\b`,
    },
    {
      name: "keyword.control.medal",
      match: `${START}${words((each) => each.reserved && each.role === "modifier")}\\b`,
    },
    { comment: "`per row`, which is no column", name: "keyword.other.medal", match: "(?<=\\bper )row(?![\\w.])" },
    { comment: "`= load.at`", name: "keyword.other.medal", match: "(?<== )load(?=\\.)" },
    { comment: "In a list of keys", name: "keyword.other.medal", match: "(?<=[\\w`)] )(?:asc|desc)(?=\\s*,)" },
    {
      name: "keyword.other.medal",
      match: `${START}${words((each) => !each.reserved && each.role !== "declaration")}${NO_NAME}`,
    },
    { name: "entity.name.function.medal", match: `${NAME}(?=\\()` },
    { name: "variable.other.medal", match: NAME },
    { name: "constant.numeric.medal", match: patternOf(t.Numeral) },
    { name: "keyword.operator.medal", match: symbols("operator") },
    { name: "punctuation.medal", match: symbols("punctuation") },
  ] satisfies readonly Rule[],
};

const text = `${JSON.stringify(grammar, null, 2)}\n`;
if (!process.argv.includes("--check")) writeFileSync(target, text);
else if (!existsSync(target) || readFileSync(target, "utf8") !== text) {
  console.error(`${target} is out of date: run npm run generate`);
  process.exitCode = 1;
}
