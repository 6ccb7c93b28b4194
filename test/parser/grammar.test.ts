import { Lexer } from "chevrotain";
import { expect, it } from "vitest";
import { MedalParser } from "../../src/parser/grammar.ts";
import * as tokens from "../../src/parser/tokens.ts";

/** The names of the tokens in the rules of the recorded grammar. */
function usedTokens(): ReadonlySet<string> {
  const rules = new MedalParser({ skipValidations: true }).getSerializedGastProductions();
  const used = new Set<string>();
  JSON.stringify(rules, (_, value: unknown) => {
    if (typeof value === "object" && value !== null && "type" in value && "name" in value && value.type === "Terminal")
      used.add(String(value.name));
    return value;
  });
  return used;
}

it("the grammar has no ambiguity, no left recursion and no rule that cannot be reached", () => {
  const parser = new MedalParser({ skipValidations: false });
  expect(Object.keys(parser.getGAstProductions()).length).toBeGreaterThan(30);
});

it("every token is used by a rule, itself or as one of its category", () => {
  const used = usedTokens();
  const unused = tokens.vocabulary.filter(
    (type) =>
      tokens.kindOf(type) !== "foreign" &&
      !used.has(type.name) &&
      !type.CATEGORIES?.some((category) => used.has(category.name)),
  );
  expect(unused.map((each) => each.name)).toEqual([]);
});

it("no rule uses a token of another language", () => {
  const used = usedTokens();
  const foreign = tokens.vocabulary.filter((type) => tokens.kindOf(type) === "foreign");
  expect(foreign.filter((type) => used.has(type.name))).toEqual([]);
});

it("the lexer's table is sound: nothing unreachable, nothing that matches the empty text", () => {
  const lexer = new Lexer([...tokens.lexerTokens], { positionTracking: "onlyOffset", ensureOptimizations: true });
  expect(lexer.lexerDefinitionErrors).toEqual([]);
});

it("every keyword is lower case, there once, and has a kind", () => {
  const texts = tokens.keywords.map((each) => each.text);
  expect(new Set(texts).size).toBe(texts.length);
  for (const { text, type } of tokens.keywords) {
    expect(text).toMatch(/^[a-z]+$/);
    expect(tokens.kindOf(type)).toMatch(/^(keyword|constant)$/);
  }
});
