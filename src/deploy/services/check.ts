/** The checks of `medalc doctor`: each service has a function that returns a list of these. */
import type { AccessId } from "../../codegen/shared/required-access.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { isFailure } from "../../runner/errors.ts";

export type Check =
  /** `identity`: `ana@contoso.com`. */
  | { readonly kind: "fine"; readonly what: string; readonly detail: string; readonly access?: AccessId }
  | {
      readonly kind: "wrong";
      readonly what: string;
      readonly problems: readonly Diagnostic[];
      readonly access?: AccessId;
    }
  /** This identity cannot find out, or it is too early. */
  | {
      readonly kind: "unknown";
      readonly what: string;
      readonly detail: string;
      readonly problems: readonly Diagnostic[];
      readonly access?: AccessId;
    };

/** The result of a check: its detail, or the diagnostics of its failure. */
export async function checked(what: string, work: () => Promise<string>, access?: AccessId): Promise<Check> {
  const named = access === undefined ? { what } : { what, access };
  try {
    return { kind: "fine", ...named, detail: await work() };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { kind: "wrong", ...named, problems: error.diagnostics };
  }
}
