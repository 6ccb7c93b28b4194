/** Diagnostics as data. The catalogue contains the texts; a call site provides code, span and parameters. */
import type { Span } from "../source.ts";
import { catalog, type DiagnosticCode, type DiagnosticParams } from "./catalog/index.ts";
import { holdsSecret, withoutSecret, withoutSecretWords } from "./secrets.ts";

export type Severity = "error" | "warning" | "info";

export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  /** A self-contained sentence that says what is wrong. */
  readonly message: string;
  readonly span: Span;
  /** Related locations that explain the problem, in reading order. */
  readonly related: readonly Related[];
  /** How to fix the problem. */
  readonly hint?: string;
  /** The only correct fix. `check --fix` applies it. */
  readonly fix?: CodeFix;
  /** Alternatives for the user to choose from; never applied automatically. */
  readonly choices?: readonly Choice[];
  /** Identifies diagnostics with the same cause, which `mergeCauses` reports as one. */
  readonly cause?: string;
}

export interface Related {
  readonly span: Span;
  readonly message: string;
}

/** A text change that fixes the problem. */
export interface CodeFix {
  readonly title: string;
  readonly edits: readonly TextEdit[];
}

/** One of several possible meanings, described in the title, and the edits that express it, if they are short. */
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
  /** Overrides the catalogue's hint. */
  readonly hint?: string;
  readonly fix?: CodeFix;
  readonly choices?: readonly Choice[];
  readonly cause?: string;
}

/** Creates a diagnostic of the catalogue. The type requires exactly the parameters that occur in its message. */
export function diagnostic<C extends DiagnosticCode>(
  code: C,
  span: Span,
  params: DiagnosticParams<C>,
  extras: Extras = {},
): Diagnostic {
  const entry = catalog[code] as { severity: Severity; message: string; hint?: string };
  const hint = extras.hint ?? entry.hint;
  const related = extras.related ?? [];
  // A fix that repeats a secret would leak it to every output that shows fixes.
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

/** The maximum number of characters of source text in a message. */
const LONGEST_PARAMETER = 120;

/**
 * The same for the parameter `problem`: the message of a service, an engine or the system, often long and with the
 * cause at its end.
 */
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

/** The maximum number of further locations of a merged diagnostic. */
const MOST_PLACES = 5;
const SAME_ERROR = "the same error occurs here";

/** Merges diagnostics with the same cause: the first one, with the locations, fixes and choices of all. */
export function mergeCauses(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
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
    message: more > 0 && at === shown.length - 1 ? `${SAME_ERROR} and in ${more} more places` : SAME_ERROR,
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

/** Sorts by file, span and code: the order of output. */
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
