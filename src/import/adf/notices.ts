/** The notices of an import. */
import type { Node } from "./json.ts";

export interface Notice {
  /** `left-out`: not imported · `assumed`: imported, but has to be reviewed. */
  readonly kind: "left-out" | "assumed";
  /** Relative to the factory's folder. */
  readonly file: string;
  /** JSON path in the file. */
  readonly path: string;
  /** One sentence without a full stop. Never contains a value that may be a secret. */
  readonly message: string;
}

export function notImported(node: Node, message: string): Notice {
  return notice("left-out", node, message);
}

export function assumed(node: Node, message: string): Notice {
  return notice("assumed", node, message);
}

function notice(kind: Notice["kind"], { file, path }: Node, message: string): Notice {
  return { kind, file: oneLine(file), path: oneLine(path), message: oneLine(message) };
}

/** Names in a factory may contain anything; a notice is a single line, also in a comment. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ").toWellFormed();
}

/** Removes duplicates, sorted by file. */
export function ordered(notices: readonly Notice[]): readonly Notice[] {
  const once = new Map(notices.map((each) => [`${each.file}\n${each.path}\n${each.message}`, each]));
  return [...once.values()].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
}

/** A name in a factory may be a secret that somebody put there: then neither the name nor its path is printed. */
export function withoutSecrets(notice: Notice, isSafe: (text: string) => boolean): Notice {
  return {
    kind: notice.kind,
    file: isSafe(notice.file) ? notice.file : notice.file.slice(0, notice.file.indexOf("/") + 1),
    path: isSafe(notice.path) ? notice.path : "$",
    message: isSafe(notice.message) ? notice.message : "an object whose name looks like a secret",
  };
}
