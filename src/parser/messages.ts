/** How tokens are called in messages. Chevrotain asks here for its texts; each is only what was expected. */
import { EOF, type IParserErrorMessageProvider, type IToken } from "chevrotain";
import { closest } from "../diagnostics/suggest.ts";
import { type KeywordRole, keywords, Text } from "./tokens.ts";

/** The text of a chevrotain error is what was expected; the diagnostic around it is made in `recovery.ts`. */
export const messages: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected }) => expected.LABEL ?? expected.name,
  buildNoViableAltMessage: ({ customUserDescription, ruleName }) => customUserDescription ?? ruleName,
  buildEarlyExitMessage: ({ customUserDescription, ruleName }) => customUserDescription ?? ruleName,
  buildNotAllInputParsedMessage: () => "the end of the file",
};

/** What was found, as a message calls it. */
export function phraseOf(token: IToken): string {
  if (token.tokenType === EOF) return "the end of the file";
  return token.tokenType === Text || token.image.includes("`") ? token.image : `\`${token.image}\``;
}

/** What other languages call our steps. */
const SYNONYMS: Readonly<Record<string, string>> = {
  aggregate: "group",
  assert: "expect",
  dedup: "distinct",
  extend: "derive",
  filter: "where",
  having: "where",
  inner: "join",
  limit: "take",
  mutate: "derive",
  order: "sort",
  project: "select",
  summarize: "group",
  unique: "distinct",
};

/** Whether other languages begin a step with this word. */
export function isForeignStep(word: string): boolean {
  return Object.hasOwn(SYNONYMS, word.toLowerCase());
}

/** The keyword that a word most likely stands for, where one of its role belongs. */
export function keywordHint(found: IToken, role: KeywordRole): { readonly hint?: string } {
  const candidates = keywords.filter((each) => each.role === role).map((each) => each.text);
  const synonym = SYNONYMS[found.image.toLowerCase()] ?? "";
  const meant = candidates.includes(synonym) ? synonym : closest(found.image, candidates);
  return meant === undefined || meant === found.image ? {} : { hint: `Did you mean \`${meant}\`?` };
}
