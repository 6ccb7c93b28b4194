/** The diagnostic for a file that exists but cannot be read. */
import type { FileProblem } from "../host.ts";
import type { Span } from "../source.ts";
import { type Diagnostic, diagnostic } from "./diagnostic.ts";

export function fileProblem(path: string, { kind, detail }: FileProblem, span: Span): Diagnostic {
  switch (kind) {
    case "not-utf8":
      return diagnostic("file-not-utf8", span, { path, detail });
    case "not-readable":
      return diagnostic("file-not-readable", span, { path, detail });
    case "outside-project":
      return diagnostic("file-outside-project", span, { path });
    default:
      return kind satisfies never;
  }
}
