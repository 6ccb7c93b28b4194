/**
 * What the last check of a program saves the next one. A table comes out as it did where its declaration is the very object
 * that it was and so is every signature it asked for. All else that its checker looks at are the program's enums, functions
 * and sources; where one of these changed, nothing is taken over.
 */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { BronzeDeclaration, TableDeclaration } from "../../parser/ast.ts";
import type { Bindings, CheckedBronze, CheckedTable, Signature } from "../model.ts";
import type { CheckContext } from "./context.ts";

export interface ProgramMemory {
  readonly bindings: Bindings;
  readonly bronze: Memory<BronzeDeclaration, CheckedBronze>;
  readonly tables: Memory<TableDeclaration, CheckedTable>;
}

/** By the relation's name. */
type Memory<Declaration, Checked> = ReadonlyMap<string, Remembered<Declaration, Checked>>;

/** What came out for a table, and what of. */
interface Remembered<Declaration, Checked> {
  readonly declaration: Declaration;
  /** Undefined for a relation that there was not, or not yet. */
  readonly asked: ReadonlyMap<string, Signature | undefined>;
  readonly checked: Checked;
  readonly diagnostics: readonly Diagnostic[];
}

/** The part of a memory that a program with these names may use. */
export function usable(memory: ProgramMemory | undefined, { enums, functions, sources }: Bindings) {
  const before = memory?.bindings;
  const same =
    before !== undefined &&
    sameData([...before.enums.values()], [...enums.values()]) &&
    sameData([...before.functions.values()], [...functions.values()]) &&
    sameData([...before.sources.values()], [...sources.values()]);
  return same ? memory : undefined;
}

/** Whether two trees are the same, down to the places. */
function sameData(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  const [left, right] = [Object.entries(a), Object.entries(b)];
  return (
    left.length === right.length &&
    left.every(([key, value], at) => key === right[at]?.[0] && sameData(value, right[at]?.[1]))
  );
}

/** A checker of tables that takes over what is remembered of them, and what the next one will remember. */
export function remembering<Declaration, Checked>(
  check: (declaration: Declaration, context: CheckContext) => Checked,
  context: CheckContext,
  before: Memory<Declaration, Checked> = new Map(),
): { readonly check: (relation: string, declaration: Declaration) => Checked; readonly memory: typeof before } {
  const memory = new Map<string, Remembered<Declaration, Checked>>();
  return {
    memory,
    check(relation, declaration) {
      const last = before.get(relation);
      const remembered = last && stillHolds(last, declaration, context) ? last : noting(check, declaration, context);
      memory.set(relation, remembered);
      for (const each of remembered.diagnostics) context.report(each);
      return remembered.checked;
    },
  };
}

/** A table that asked for what there was not is checked anew: what it was told may depend on all names there are. */
function stillHolds<Declaration>(
  last: Remembered<Declaration, unknown>,
  declaration: Declaration,
  context: CheckContext,
): boolean {
  if (last.declaration !== declaration) return false;
  return [...last.asked].every(
    ([relation, signature]) => signature !== undefined && context.signatureOf(relation) === signature,
  );
}

function noting<Declaration, Checked>(
  check: (declaration: Declaration, context: CheckContext) => Checked,
  declaration: Declaration,
  context: CheckContext,
): Remembered<Declaration, Checked> {
  const diagnostics: Diagnostic[] = [];
  const asked = new Map<string, Signature | undefined>();
  const checked = check(declaration, {
    ...context,
    report: (found) => diagnostics.push(found),
    signatureOf(relation) {
      const signature = context.signatureOf(relation);
      asked.set(relation, signature);
      return signature;
    },
  });
  return { declaration, asked, checked, diagnostics };
}
