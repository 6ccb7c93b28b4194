import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { beforeAll, expect, it } from "vitest";
import { createOnigScanner, createOnigString, loadWASM } from "vscode-oniguruma";
import textmate from "vscode-textmate";
import { format } from "../../src/format/format.ts";
import type { AnyNode } from "../../src/parser/ast.ts";
import { lex } from "../../src/parser/lex.ts";
import * as tokens from "../../src/parser/tokens.ts";
import { children } from "../../src/parser/walk.ts";
import { snippets, titled } from "../parser/snippets.ts";
import { parseText } from "../parser/support.ts";
import { recordAbsentJudge, sharedPath } from "../support/judges.ts";
import { root } from "../support/paths.ts";

const folder = `${root}/editors/vscode`;
const read = (path: string): string => readFileSync(`${folder}/${path}`, "utf8");

let grammar: textmate.IGrammar;

beforeAll(async () => {
  await loadWASM(readFileSync(`${root}/node_modules/vscode-oniguruma/release/onig.wasm`).buffer);
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({ createOnigScanner, createOnigString }),
    loadGrammar: async () => textmate.parseRawGrammar(read("syntaxes/medal.tmLanguage.json"), "medal.json"),
  });
  const loaded = await registry.loadGrammar("source.medal");
  if (!loaded) throw new Error("no grammar");
  grammar = loaded;
});

/** The scopes at every offset of a text, outermost first. */
function scopesOf(text: string): readonly (readonly string[])[] {
  const scopes: (readonly string[])[] = [];
  let state = textmate.INITIAL;
  for (const line of text.split("\n")) {
    const result = grammar.tokenizeLine(line, state);
    state = result.ruleStack;
    for (const token of result.tokens) {
      for (let at = token.startIndex; at < Math.min(token.endIndex, line.length); at++) scopes.push(token.scopes);
    }
    scopes.push([]);
  }
  return scopes;
}

/** The token kind of the lexer that the scopes correspond to. */
function kindOfScopes(scopes: readonly string[]): tokens.TokenKind | "comment" | undefined {
  const kinds = {
    comment: "comment",
    string: "string",
    "constant.numeric": "number",
    "constant.language": "constant",
    "keyword.operator.word": "keyword",
    "keyword.operator": "operator",
    keyword: "keyword",
    "storage.type": "keyword",
    entity: "name",
    variable: "name",
    support: "name",
    punctuation: "punctuation",
    invalid: "foreign",
  } as const;
  const found = Object.entries(kinds).find(([prefix]) => scopes.some((scope) => scope.startsWith(`${prefix}.`)));
  return found?.[1];
}

/** The offsets of names, including keywords that are used as names. */
function namesOf(text: string): ReadonlySet<number> {
  const starts = new Set<number>();
  const visit = (node: AnyNode): void => {
    if (node.kind === "name" && text[node.span.start] !== '"') starts.add(node.span.start);
    children(node).forEach(visit);
  };
  visit(parseText(text).module);
  return starts;
}

function kindOf(type: tokens.TokenType, isName: boolean): tokens.TokenKind | undefined {
  return isName ? "name" : tokens.kindOf(type);
}

// A line-based grammar decides by the adjacent characters and may rely on the formatter's layout.
const laidOut = snippets.map((text) => format({ path: "test.medal", text }) ?? "");

it.each(titled(laidOut))("editors colour every token as what the parser takes it for: %j", (_, text) => {
  const scopes = scopesOf(text);
  const names = namesOf(text);
  const { tokens: all, comments } = lex({ path: "test.medal", text });
  for (const [index, token] of all.entries()) {
    const isName = names.has(token.start);
    // `per row` has no token of its own: it is an identifier that the parser does not treat as a name there.
    const isRow = !isName && token.image === "row" && all[index - 1]?.type === tokens.Per;
    const expected = isRow ? "keyword" : kindOf(token.type, isName);
    const line = text.slice(0, token.start).split("\n").length;
    for (let at = token.start; at < token.start + token.image.length; at++) {
      expect(kindOfScopes(scopes[at] ?? []), `${token.image} in line ${line}`).toBe(expected);
    }
  }
  for (const { span, doc } of comments) {
    expect(scopes[span.start]?.at(-1)).toBe(
      doc ? "comment.line.documentation.medal" : "comment.line.double-slash.medal",
    );
    expect(kindOfScopes(scopes[span.end - 1] ?? [])).toBe("comment");
  }
});

it.each([
  ["types", "bronze b from s.csv() { a: decimal(10,2)? }", "decimal", "support.type.medal"],
  ["types of casts", "silver t { where a as? date }", "date", "support.type.medal"],
  ["functions", "silver t { where left(a, 1) }", "left", "entity.name.function.medal"],
  ["names of declarations", "gold revenue {}", "revenue", "entity.name.type.medal"],
  ["tags", "bronze b from s.csv() { a: int @pii }", "pii", "entity.other.attribute-name.medal"],
  ["escapes", 'silver t { where "a\\nb" }', "\\n", "constant.character.escape.medal"],
  ["escapes that are none", 'silver t { where "a\\qb" }', "\\q", "invalid.illegal.escape.medal"],
  ["a text that does not end", 'silver t { where "abc', "abc", "invalid.illegal.unterminated.medal"],
  ["a column called like a step", "bronze b from s.csv() { key: int }", "key", "variable.other.medal"],
])("%s have a scope of their own", (_, text, part, scope) => {
  expect(scopesOf(text)[text.indexOf(part)]?.at(-1)).toBe(scope);
});

it("the grammar in the editor's folder is generated from the token table", () => {
  const { status, stderr } = spawnSync(process.execPath, [`${root}/scripts/generate-grammar.ts`, "--check"], {
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  expect(status).toBe(0);
});

it.each([
  ["package.json", "package"],
  ["language-configuration.json", "language-configuration"],
  ["syntaxes/medal.tmLanguage.json", "tmlanguage"],
])("%s is valid by its published schema", (file, schema) => {
  const path = sharedPath(`schemas/vscode/${schema}.schemastore.json`);
  const content: unknown = JSON.parse(read(file));
  expect(content).toBeTypeOf("object");
  if (path === undefined) {
    recordAbsentJudge(`the schema of ${file}`);
    return;
  }
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  const text = readFileSync(path, "utf8");
  // None of the schemas that this one references is relevant for an extension.
  const others = [...text.matchAll(/"\$ref": "([^"#]+)/g)].map(([, other = ""]) => other);
  for (const other of new Set(others)) ajv.addSchema({}, new URL(other, "https://json.schemastore.org/").href);
  const validate = ajv.compile(JSON.parse(text));
  validate(content);
  expect(validate.errors ?? []).toEqual([]);
});

it("all files named in the package exist", () => {
  const { contributes } = JSON.parse(read("package.json"));
  expect(read(contributes.languages[0].configuration)).not.toBe("");
  expect(JSON.parse(read(contributes.grammars[0].path)).scopeName).toBe(contributes.grammars[0].scopeName);
});
