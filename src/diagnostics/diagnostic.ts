/** Diagnostics as data. Texts stand in the catalogue; a call site gives a code, a place and the parameters. */
import type { Span } from "../source.ts";
import { catalog, type DiagnosticCode, type DiagnosticParams } from "./catalog/index.ts";
import { holdsSecret, withoutSecret, withoutSecretWords } from "./secrets.ts";

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
  /** The one change that is right. `check --fix` applies it without asking. */
  readonly fix?: CodeFix;
  /** What can be meant where that is for the user to decide; never applied without being chosen. */
  readonly choices?: readonly Choice[];
  /** The same of diagnostics that come of one mistake: they are told as one, see `tellOnce`. */
  readonly cause?: string;
}

export interface Related {
  readonly span: Span;
  readonly message: string;
}

/** A change of the text that corrects it. */
export interface CodeFix {
  readonly title: string;
  readonly edits: readonly TextEdit[];
}

/** One of several meanings: what the program then says, and the change that makes it say so, where there is a short one. */
export interface Choice {
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
  readonly choices?: readonly Choice[];
  readonly cause?: string;
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
  const related = extras.related ?? [];
  // An edit that writes a secret anew would carry it into every output that shows fixes.
  const isShown = ({ edits }: CodeFix): boolean => !edits.some(({ text }) => holdsSecret(text));
  const fix = extras.fix && isShown(extras.fix) ? extras.fix : undefined;
  const choices = (extras.choices ?? []).filter(isShown);
  return {
    code,
    severity: entry.severity,
    message: fill(entry.message, params),
    span,
    related: related.map((each) => ({ ...each, message: withoutSecretWords(each.message) })),
    ...(hint === undefined ? {} : { hint: withoutSecretWords(fill(hint, params)) }),
    ...(fix === undefined ? {} : { fix }),
    ...(choices.length === 0 ? {} : { choices }),
    ...(extras.cause === undefined ? {} : { cause: extras.cause }),
  };
}

/** Source text in a message is cut at this many characters. */
const LONGEST_PARAMETER = 120;

/** The parameter `problem` is what a service, an engine or the system says, often whole sentences with the cause at the end. */
const LONGEST_PROBLEM = 1000;

function fill(text: string, params: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (mark, name: string) => {
    if (!(name in params)) return mark;
    const value = withoutSecret(String(params[name]));
    const longest = name === "problem" ? LONGEST_PROBLEM : LONGEST_PARAMETER;
    return value.length > longest ? `${value.slice(0, longest - 1)}…` : value;
  });
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((each) => each.severity === "error");
}

/** Places of one mistake beside the first that are shown. */
const MOST_PLACES = 5;

/** Of the diagnostics with one cause the first, with the places of the others and the fixes and choices of all. */
export function tellOnce(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const causes = new Map<string, Diagnostic[]>();
  for (const each of diagnostics) {
    if (each.cause === undefined) continue;
    const known = causes.get(each.cause);
    if (known) known.push(each);
    else causes.set(each.cause, [each]);
  }
  if (causes.size === 0) return diagnostics;
  return diagnostics.flatMap((each) => {
    const [first, ...others] = each.cause === undefined ? [each] : (causes.get(each.cause) ?? []);
    return first === each ? [withPlaces(first, others)] : [];
  });
}

function withPlaces({ cause: _, ...first }: Diagnostic, others: readonly Diagnostic[]): Diagnostic {
  if (others.length === 0) return first;
  const shown = others.slice(0, others.length > MOST_PLACES ? MOST_PLACES - 1 : MOST_PLACES);
  const more = others.length - shown.length;
  const places = shown.map(({ span }, at) => ({
    span,
    message: more > 0 && at === shown.length - 1 ? `and so does this, and ${more} more` : "and so does this",
  }));
  const edits = others.flatMap((each) => each.fix?.edits ?? []);
  const editsOf = ({ title }: Choice) =>
    others.flatMap((each) => each.choices?.find((choice) => choice.title === title)?.edits ?? []);
  return {
    ...first,
    related: [...first.related, ...places],
    ...(first.fix && { fix: { ...first.fix, edits: [...first.fix.edits, ...edits] } }),
    ...(first.choices && {
      choices: first.choices.map((each) => ({ ...each, edits: [...each.edits, ...editsOf(each)] })),
    }),
  };
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
