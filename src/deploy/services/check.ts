/** What `medalc doctor` looks at before a deployment: each service has a function that gives a list of these. */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { isFailure } from "../../runner/errors.ts";

export type Check =
  /** `identity`: `ana@contoso.com`. */
  | { readonly kind: "fine"; readonly what: string; readonly detail: string }
  | { readonly kind: "wrong"; readonly what: string; readonly problems: readonly Diagnostic[] };

/** What the work finds; where it fails, its diagnostics. */
export async function checked(what: string, work: () => Promise<string>): Promise<Check> {
  try {
    return { kind: "fine", what, detail: await work() };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { kind: "wrong", what, problems: error.diagnostics };
  }
}
