/** The path of a column from the relation that is read back to its source, one place per step. */
import type { Related } from "../../diagnostics/diagnostic.ts";
import type { Signature } from "../model.ts";

export function pathOfColumn(
  signature: Signature,
  signatureOf: (relation: string) => Signature | undefined,
): readonly Related[] {
  const path: Related[] = [{ span: signature.span, message: `${signature.relation} is declared here` }];
  let at: Signature | undefined = signature;
  while (at?.handsOn) {
    const before = signatureOf(at.handsOn.relation);
    path.push({ span: at.handsOn.span, message: `${at.relation} passes on the columns of ${at.handsOn.relation}` });
    if (before && !before.handsOn) {
      path.push({ span: before.span, message: `${before.relation} declares the columns of the source` });
    }
    at = before;
  }
  return path;
}
