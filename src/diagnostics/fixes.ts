/** Applies text edits. The caller decides which fixes to apply. */
import type { CodeFix, TextEdit } from "./diagnostic.ts";

export type Texts = ReadonlyMap<string, string>;

/** The fixes that can be applied together, in their order: none has an edit that touches one of an earlier fix. */
export function compatibleFixes<Fix extends Pick<CodeFix, "edits">>(fixes: readonly Fix[]): readonly Fix[] {
  const taken = new Map<string, TextEdit[]>();
  return fixes.filter(({ edits }) => {
    const isFree = edits.every((edit, at) => {
      const others = [...(taken.get(edit.span.file) ?? []), ...edits.slice(0, at)];
      return others.every((other) => !touch(edit, other));
    });
    if (isFree) for (const edit of edits) taken.set(edit.span.file, [...(taken.get(edit.span.file) ?? []), edit]);
    return isFree;
  });
}

function touch(a: TextEdit, b: TextEdit): boolean {
  return a.span.file === b.span.file && a.span.start <= b.span.end && b.span.start <= a.span.end;
}

/** Applies the edits. They must not touch each other, and their files must be among the texts. */
export function withEdits(texts: Texts, edits: readonly TextEdit[]): Texts {
  const changed = new Map(texts);
  for (const { span, text } of edits.toSorted((a, b) => b.span.start - a.span.start)) {
    const before = changed.get(span.file);
    if (before === undefined) throw new Error(`there is no text of ${span.file}`);
    const inserted = before.includes("\r\n") ? text.replace(/\r?\n/g, "\r\n") : text;
    changed.set(span.file, before.slice(0, span.start) + inserted + before.slice(span.end));
  }
  return changed;
}
