/**
 * Binds the names of a program: collects the declarations of all its files in one table and reports duplicate names. All
 * files of a program share one namespace; an import only adds a file. References to names are resolved by the checker.
 */
import { type Diagnostic, diagnostic } from "../diagnostics/diagnostic.ts";
import { findFunction } from "../functions/resolve.ts";
import type { BronzeDeclaration, Declaration, Module, Name, TableDeclaration } from "../parser/ast.ts";
import type { Bindings } from "./model.ts";

export function bind(modules: readonly Module[]): { bindings: Bindings; diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const names = new Map<string, Name>();
  const projects: Extract<Declaration, { kind: "project" }>[] = [];
  const params = new Map<string, Extract<Declaration, { kind: "param" }>>();
  const secrets = new Map<string, Extract<Declaration, { kind: "secret" }>>();
  const sources = new Map<string, Extract<Declaration, { kind: "source" }>>();
  const enums = new Map<string, Extract<Declaration, { kind: "enum" }>>();
  const functions = new Map<string, Extract<Declaration, { kind: "fn" }>>();
  const relations = new Map<string, BronzeDeclaration | TableDeclaration>();

  /** Whether the name is the first of its kind. Names are compared without case and in normalized Unicode. */
  const first = (kind: string, name: Name): boolean => {
    if (name.text === "") return false;
    const id = `${kind} ${name.text.normalize("NFC").toLowerCase()}`;
    const before = names.get(id);
    if (before) {
      diagnostics.push(
        diagnostic(
          "duplicate-name",
          name.span,
          { kind, name: name.text },
          {
            related: [{ span: before.span, message: "the first one is here" }],
          },
        ),
      );
      return false;
    }
    names.set(id, name);
    return true;
  };

  for (const declaration of modules.flatMap((module) => module.declarations)) {
    switch (declaration.kind) {
      case "import":
        break;
      case "project":
        if (projects.length > 0) {
          const before = projects[0]?.name.span ?? declaration.span;
          diagnostics.push(
            diagnostic(
              "duplicate-name",
              declaration.name.span,
              { kind: "project", name: declaration.name.text },
              {
                related: [{ span: before, message: "the first one is here" }],
                hint: "A program can have only one project.",
              },
            ),
          );
        } else projects.push(declaration);
        break;
      case "param":
        if (first("param", declaration.name)) params.set(declaration.name.text, declaration);
        break;
      case "secret":
        if (first("secret", declaration.name)) secrets.set(declaration.name.text, declaration);
        break;
      case "source":
        if (first("source", declaration.name)) sources.set(declaration.name.text, declaration);
        break;
      case "enum":
        if (first("enum", declaration.name)) enums.set(declaration.name.text, declaration);
        break;
      case "fn":
        if (findFunction(declaration.name.text)) {
          diagnostics.push(diagnostic("reserved-name", declaration.name.span, { name: declaration.name.text }));
        } else if (first("fn", declaration.name)) functions.set(declaration.name.text, declaration);
        break;
      case "bronze":
        if (first("bronze", declaration.name)) relations.set(`bronze.${declaration.name.text}`, declaration);
        break;
      case "table":
        if (first(declaration.layer, declaration.name)) {
          relations.set(`${declaration.layer}.${declaration.name.text}`, declaration);
        }
        break;
    }
  }
  return {
    bindings: { project: projects[0], params, secrets, sources, enums, functions, relations },
    diagnostics,
  };
}
