/** How tokens are called in messages. Chevrotain asks here for its texts; each is only what was expected. */
import { EOF, type IParserErrorMessageProvider, type IToken } from "chevrotain";
import { Text } from "./tokens.ts";

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
