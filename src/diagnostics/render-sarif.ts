/** Diagnostics as SARIF 2.1.0, the format of code scanning services. */
import { positionAt, type SourceFile, type Span } from "../source.ts";
import { VERSION } from "../version.ts";
import type { Choice, Diagnostic } from "./diagnostic.ts";

const LEVEL = { error: "error", warning: "warning", info: "note" } as const;

/** A SARIF `log` object: one run, with one rule per diagnostic code. */
export function sarifLog(diagnostics: readonly Diagnostic[], sources: ReadonlyMap<string, SourceFile>): object {
  const codes = [...new Set(diagnostics.map((each) => each.code))].sort();
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: { name: "medalc", semanticVersion: VERSION, rules: codes.map((code) => ({ id: code })) },
        },
        columnKind: "utf16CodeUnits",
        results: diagnostics.map(({ code, severity, message, span, related, hint, fix, choices = [] }) => ({
          ruleId: code,
          ruleIndex: codes.indexOf(code),
          level: LEVEL[severity],
          message: { text: [message, ...(hint === undefined ? [] : [hint]), ...choices.map(choiceLine)].join("\n") },
          locations: locations(span, sources),
          relatedLocations: related.flatMap((other) =>
            locations(other.span, sources).map((location) => ({ ...location, message: { text: other.message } })),
          ),
          ...fixes(fix === undefined ? choices : [fix], sources),
        })),
      },
    ],
  };
}

function locations(span: Span, sources: ReadonlyMap<string, SourceFile>): readonly object[] {
  // Diagnostics about the command line have no location.
  if (span.file === "") return [];
  const region = regionOf(span, sources);
  const artifactLocation = { uri: uriOf(span.file) };
  return [{ physicalLocation: region === undefined ? { artifactLocation } : { artifactLocation, region } }];
}

function regionOf(span: Span, sources: ReadonlyMap<string, SourceFile>): object | undefined {
  const file = sources.get(span.file);
  if (file === undefined) return undefined;
  const start = positionAt(file, span.start);
  const end = positionAt(file, span.end);
  return { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column };
}

const choiceLine = ({ title }: Choice): string => `- ${title}`;

/** In SARIF, several fixes of one result are alternatives. */
function fixes(changes: readonly Choice[], sources: ReadonlyMap<string, SourceFile>): { readonly fixes?: object } {
  const written = changes.filter((each) => each.edits.length > 0);
  return written.length === 0 ? {} : { fixes: written.map((each) => sarifFix(each, sources)) };
}

function sarifFix(fix: Choice, sources: ReadonlyMap<string, SourceFile>): object {
  const files = [...new Set(fix.edits.map((edit) => edit.span.file))];
  return {
    description: { text: fix.title },
    artifactChanges: files.map((file) => ({
      artifactLocation: { uri: uriOf(file) },
      replacements: fix.edits
        .filter((edit) => edit.span.file === file)
        .map((edit) => ({ deletedRegion: regionOf(edit.span, sources), insertedContent: { text: edit.text } })),
    })),
  };
}

function uriOf(path: string): string {
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  return path.startsWith("/") ? `file://${encoded}` : encoded;
}
