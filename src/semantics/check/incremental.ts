/**
 * Reuses results of the previous check of a program. The result of a table is reused if its declaration is the same object
 * and so are all signatures that it used. Everything else that its checker uses are the program's enums, functions and
 * sources; if one of these has changed, nothing is reused.
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

/** The result of a table, and its inputs. */
interface Remembered<Declaration, Checked> {
  readonly declaration: Declaration;
  /** Undefined for a relation that does not exist, or was not checked yet. */
  readonly asked: ReadonlyMap<string, Signature | undefined>;
  readonly checked: Checked;
  readonly diagnostics: readonly Diagnostic[];
}

/** The part of the previous results that a program with these names can reuse. */
export function usable(memory: ProgramMemory | undefined, { enums, functions, sources }: Bindings) {
  const before = memory?.bindings;
  const same =
    before !== undefined &&
    sameData([...before.enums.values()], [...enums.values()]) &&
    sameData([...before.functions.values()], [...functions.values()]) &&
    sameData([...before.sources.values()], [...sources.values()]);
  return same ? memory : undefined;
}

/** Whether two trees are equal, including spans. */
function sameData(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  const [left, right] = [Object.entries(a), Object.entries(b)];
  return (
    left.length === right.length &&
    left.every(([key, value], at) => key === right[at]?.[0] && sameData(value, right[at]?.[1]))
  );
}

/** A checker of tables that reuses previous results, and the results for the next check. */
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

/** A table that used an unknown relation is checked again, because its diagnostics can depend on all names. */
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
