/** Finds literals that look like secrets: everything in a program is in git and in the output. */
import { type Diagnostic, diagnostic } from "../diagnostics/diagnostic.ts";
import { holdsSecret } from "../diagnostics/secrets.ts";
import type { AnyNode, Module } from "../parser/ast.ts";
import { children } from "../parser/walk.ts";
import type { SourceFile, Span } from "../source.ts";

/** Strings, quoted names, enum values, and doc comments, which are part of the output. */
export function plainSecrets(file: SourceFile, module: Module): readonly Diagnostic[] {
  // Most files contain none, so the whole text is tested first. Escapes could hide anything.
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
