/** Diagnostics as data. Texts stand in the catalogue; a call site gives a code, a place and the parameters. */
import type { Span } from "../source.ts";
import { catalog, type DiagnosticCode, type DiagnosticParams } from "./catalog/index.ts";

export type Severity = "error" | "warning" | "info";

export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  /** One sentence: what is wrong. Stands alone. */
  readonly message: string;
  readonly span: Span;
  /** Other places that explain it, in the order to read them. */
  readonly related: readonly Related[];
  /** What to do about it. */
  readonly hint?: string;
  readonly fix?: CodeFix;
}

export interface Related {
  readonly span: Span;
  readonly message: string;
}

/** A change of the text that mends it, where one is plain. */
export interface CodeFix {
  readonly title: string;
  readonly edits: readonly TextEdit[];
}

export interface TextEdit {
  readonly span: Span;
  readonly text: string;
}

interface Extras {
  readonly related?: readonly Related[];
  /** In place of the catalogue's hint. */
  readonly hint?: string;
  readonly fix?: CodeFix;
}

/** A diagnostic of the catalogue at a place. The type demands exactly the parameters that the message names. */
export function diagnostic<C extends DiagnosticCode>(
  code: C,
  span: Span,
  params: DiagnosticParams<C>,
  extras: Extras = {},
): Diagnostic {
  const entry = catalog[code] as { severity: Severity; message: string; hint?: string };
  const hint = extras.hint ?? entry.hint;
  return {
    code,
    severity: entry.severity,
    message: fill(entry.message, params),
    span,
    related: extras.related ?? [],
    ...(hint === undefined ? {} : { hint: fill(hint, params) }),
    ...(extras.fix === undefined ? {} : { fix: extras.fix }),
  };
}

/** Source text in a message is cut at this many characters. */
const LONGEST_PARAMETER = 120;

function fill(text: string, params: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (mark, name: string) => {
    if (!(name in params)) return mark;
    const value = String(params[name]);
    return value.length > LONGEST_PARAMETER ? `${value.slice(0, LONGEST_PARAMETER - 1)}…` : value;
  });
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((each) => each.severity === "error");
}

/** By file, then place, then code: the order in which they are shown. */
export function sorted(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...diagnostics].sort(
    (a, b) =>
      compareText(a.span.file, b.span.file) ||
      a.span.start - b.span.start ||
      a.span.end - b.span.end ||
      compareText(a.code, b.code),
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
