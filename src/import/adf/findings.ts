/** What is said of a factory beside the program that it becomes. */
import type { Node } from "./json.ts";

export interface Notice {
  /** `left-out`: the program does not have it · `assumed`: the program has it, and someone has to look at it. */
  readonly kind: "left-out" | "assumed";
  /** Below the factory's folder. */
  readonly file: string;
  /** JSON path in the file. */
  readonly path: string;
  /** One sentence without a full stop. Never holds a value that may be secret. */
  readonly message: string;
}

export function leftOut(node: Node, message: string): Notice {
  return notice("left-out", node, message);
}

export function assumed(node: Node, message: string): Notice {
  return notice("assumed", node, message);
}

function notice(kind: Notice["kind"], { file, path }: Node, message: string): Notice {
  return { kind, file: oneLine(file), path: oneLine(path), message: oneLine(message) };
}

/** Names of a factory may hold anything; a notice stands on one line, in a comment too. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ").toWellFormed();
}

/** Each once, by file and then as they were found. */
export function ordered(notices: readonly Notice[]): readonly Notice[] {
  const once = new Map(notices.map((each) => [`${each.file}\n${each.path}\n${each.message}`, each]));
  return [...once.values()].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
}

/** A name in a factory may be a secret that someone put there: then neither it nor the way to it is said. */
export function withoutSecrets(notice: Notice, isSafe: (text: string) => boolean): Notice {
  return {
    kind: notice.kind,
    file: isSafe(notice.file) ? notice.file : notice.file.slice(0, notice.file.indexOf("/") + 1),
    path: isSafe(notice.path) ? notice.path : "$",
    message: isSafe(notice.message) ? notice.message : "something whose name looks like a secret",
  };
}
