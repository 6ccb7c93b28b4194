/** The checks of `medalc doctor`: each service has a function that returns a list of these. */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { isFailure } from "../../runner/errors.ts";

export type Check =
  /** `identity`: `ana@contoso.com`. */
  | { readonly kind: "fine"; readonly what: string; readonly detail: string }
  | { readonly kind: "wrong"; readonly what: string; readonly problems: readonly Diagnostic[] };

/** The result of a check: its detail, or the diagnostics of its failure. */
export async function checked(what: string, work: () => Promise<string>): Promise<Check> {
  try {
    return { kind: "fine", what, detail: await work() };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { kind: "wrong", what, problems: error.diagnostics };
  }
}
