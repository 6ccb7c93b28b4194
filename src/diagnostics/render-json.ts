/** Diagnostics as JSON; part of every `--json` document. */
import { type Position, positionAt, type SourceFile, type Span } from "../source.ts";
import type { Choice, Diagnostic, Severity } from "./diagnostic.ts";

export interface JsonDiagnostic {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  /** Absent for diagnostics about the command line. */
  readonly place?: JsonPlace;
  readonly related: readonly { readonly message: string; readonly place: JsonPlace }[];
  readonly hint?: string;
  readonly fix?: JsonChange;
  /** Alternatives to choose from; none is applied automatically. */
  readonly choices?: readonly JsonChange[];
}

/** A text change; without edits if it needs more than a short one. */
export interface JsonChange {
  readonly title: string;
  readonly edits: readonly { readonly place: JsonPlace; readonly text: string }[];
}

/**
 * Lines and columns start at 1, columns count UTF-16 units, the end is exclusive. Only the file if its text is unknown.
 */
export interface JsonPlace {
  readonly file: string;
  readonly start?: Position;
  readonly end?: Position;
}

export function jsonDiagnostic(
  { code, severity, message, span, related, hint, fix, choices }: Diagnostic,
  sources: ReadonlyMap<string, SourceFile>,
): JsonDiagnostic {
  const place = (span: Span): JsonPlace => placeOf(span, sources);
  const change = ({ title, edits }: Choice): JsonChange => ({
    title,
    edits: edits.map((edit) => ({ place: place(edit.span), text: edit.text })),
  });
  return {
    code,
    severity,
    message,
    ...(span.file === "" ? {} : { place: place(span) }),
    related: related.map((other) => ({ message: other.message, place: place(other.span) })),
    ...(hint === undefined ? {} : { hint }),
    ...(fix === undefined ? {} : { fix: change(fix) }),
    ...(choices === undefined ? {} : { choices: choices.map(change) }),
  };
}

function placeOf(span: Span, sources: ReadonlyMap<string, SourceFile>): JsonPlace {
  const file = sources.get(span.file);
  if (file === undefined) return { file: span.file };
  return { file: file.path, start: positionAt(file, span.start), end: positionAt(file, span.end) };
}
