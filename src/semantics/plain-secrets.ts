/** The literals of a program that look like secrets: whatever stands in a program lies in git and goes into the output. */
import { type Diagnostic, diagnostic } from "../diagnostics/diagnostic.ts";
import { holdsSecret } from "../diagnostics/secrets.ts";
import type { AnyNode, Module } from "../parser/ast.ts";
import { children } from "../parser/walk.ts";
import type { SourceFile, Span } from "../source.ts";

/** Texts, quoted names, the values of enums, and the doc comments, which the output repeats. */
export function plainSecrets(file: SourceFile, module: Module): readonly Diagnostic[] {
  // Most files hold nothing of the kind: one look at the whole text spares the walk. An escape may hide anything.
  if (!holdsSecret(file.text) && !file.text.includes("\\")) return [];
  const found: Diagnostic[] = [];
  const look = (text: string, span: Span): void => {
    if (holdsSecret(text)) found.push(diagnostic("secret-in-program", span, {}));
  };
  const visit = (node: AnyNode): void => {
    if (node.kind === "string") look(node.value, node.span);
    else if (node.kind === "name") look(node.text, node.span);
    for (const child of children(node)) visit(child);
  };
  visit(module);
  for (const { doc, text, span } of module.comments) if (doc) look(text, span);
  return found;
}
