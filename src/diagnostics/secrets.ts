/**
 * Detects secrets by name or value. Programs and medal.json are kept in git and compiled to files, so they must not
 * contain any; if they do, messages and excerpts mask them.
 */
import type { SourceFile } from "../source.ts";

/** A pattern of words in the names of secrets. Keys of tables, tasks and clusters are not secret. */
export const SECRET_WORDS =
  "passw(?:or)?d|pwd|passphrase|secret|token|(?:account|access|api|shared|principal|function|storage|private|host|master)[_.-]?key";
const SECRET_NAME = new RegExp(`${SECRET_WORDS}|credential|connection_?string|^sas|sas_?ur[il]`, "i");
/** Names with such a word that are not secret. */
const ONLY_A_NAME = /(name|scope|version|type)$/i;

/** Parameters of URLs and connection strings that grant access. */
const SECRET_PARAMETERS =
  "sig|sas|sas_?token|token|access_?token|auth_?token|id_?token|refresh_?token|account_?key|shared_?access_?key|shared_?access_?signature|api_?key|subscription[-_]?key|passw(?:or)?d|pwd|client_?secret|secret|signature|x-amz-(?:signature|security-token|credential)";

const SECRET_VALUES: readonly RegExp[] = [
  // A URL with a user's password, even if its special characters are not escaped.
  /:\/\/[^/?#\s:@]*:(?!\d{1,5}(?:[/?#]|$))[^\s]*@/,
  /\b(?:mongodb(?:\+srv)?|postgres(?:ql)?|amqps?|redis|sftp|ftp|jdbc:\w+):\/\/[^\s:@/]*:[^\s]*@/i,
  // A token in place of the user.
  /\bhttps?:\/\/[^/?#\s@]+@/i,
  new RegExp(`(?:^|[?&;,\\s"'])(?:${SECRET_PARAMETERS})\\s*=\\s*["']?[A-Za-z0-9%+/_~!@$-]`, "i"),
  /[?&](?:code|key|auth)=[A-Za-z0-9%+/_~-]{16,}/i,
  /-----BEGIN [A-Z ]*PRIVATE KEY/,
  /\b(?:gh[pousr]_[A-Za-z0-9]{20}|github_pat_[A-Za-z0-9_]{20}|dapi[0-9a-f]{32}|AKIA[0-9A-Z]{16}\b|xox[abp]-[A-Za-z0-9-]{10})/,
  /\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]+/,
  /\bBearer\s+[A-Za-z0-9._~+/-]{16,}/,
];

export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name) && !ONLY_A_NAME.test(name);
}

/** Whether a text contains a secret: a URL with a password, a connection string, a signed URL. */
export function holdsSecret(text: string): boolean {
  return MAY_HOLD_SECRET.test(text) && SECRET_VALUES.some((pattern) => pattern.test(text));
}

/** A fast test before the patterns, for every literal of a program: almost none contains one of these. */
const MAY_HOLD_SECRET = /[=@]|eyJ|Bearer|BEGIN |gh[pousr]_|_pat_|dapi|AKIA|xox/;

const MASK = "***";

/** A value for a message, masked if it contains a secret. */
export function withoutSecret(text: string): string {
  return holdsSecret(text) ? MASK : text;
}

/** A sentence in which every word with a secret is masked. */
export function withoutSecretWords(text: string): string {
  return holdsSecret(text) ? text.replace(/[^\s`"']+/g, withoutSecret) : text;
}

interface Hidden {
  readonly start: number;
  readonly end: number;
}

const hiddenRanges = new WeakMap<SourceFile, readonly Hidden[]>();

/** A quoted text, possibly unclosed. */
const QUOTED = /"(?:[^"\\\r\n]|\\[^\r\n])*"?|'[^'\r\n]*'?/g;
/** The name before a value: `password:`, `"password": [`. */
const NAMED = /["'`]?([\w.-]+)["'`]?\s*[:=]\s*[[{(]?\s*$/;
/** `"password": 1234` and `password: hunter2`, valid or not. */
const UNQUOTED = /["']?([\w.-]+)["']?\s*[:=]\s*([^\s"',{}[\]]+)/g;
const LONGEST_NAME = 100;

/** The ranges of a file that excerpts must not show, in order. The file may be invalid. */
function hiddenIn(file: SourceFile): readonly Hidden[] {
  const known = hiddenRanges.get(file);
  if (known) return known;
  const hidden: Hidden[] = [];
  for (const match of file.text.matchAll(QUOTED)) {
    const content = match[0].slice(1);
    const before = file.text.slice(Math.max(0, match.index - LONGEST_NAME), match.index);
    const name = NAMED.exec(before)?.[1] ?? "";
    // A quoted name of a property is not a value: `"password": …`
    const isName = /^\s*:/.test(file.text.slice(match.index + match[0].length, match.index + match[0].length + 20));
    if (!isName && (isSecretName(name) || holdsSecret(content))) {
      const isClosed = match[0].length > 1 && match[0].endsWith(match[0].charAt(0));
      hidden.push({ start: match.index + 1, end: match.index + match[0].length - (isClosed ? 1 : 0) });
    }
  }
  if (file.path.endsWith(".json")) {
    for (const match of file.text.matchAll(UNQUOTED)) {
      const [all, name = "", value = ""] = match;
      const end = match.index + all.length;
      if (isSecretName(name)) hidden.push({ start: end - value.length, end });
    }
  }
  for (const line of file.text.matchAll(/[^\r\n]+/g)) {
    if (holdsSecret(line[0])) hidden.push(...hiddenInLine(line.index, line[0], hidden));
  }
  hidden.sort((a, b) => a.start - b.start);
  hiddenRanges.set(file, hidden);
  return hidden;
}

/** Secrets outside quoted texts: in comments, names in backticks, unquoted values. In case of doubt the whole line. */
function hiddenInLine(offset: number, line: string, known: readonly Hidden[]): readonly Hidden[] {
  const words = [...line.matchAll(/[^\s"'`]+/g)]
    .filter((word) => holdsSecret(word[0]))
    .map((word): Hidden => ({ start: offset + word.index, end: offset + word.index + word[0].length }));
  const end = offset + line.length;
  const inLine = known.filter((each) => each.start < end && each.end > offset);
  const shown = maskedBy(
    [...inLine, ...words].sort((a, b) => a.start - b.start),
    offset,
    line,
    0,
    0,
  );
  return holdsSecret(shown.line) ? [{ start: offset, end }] : words;
}

/**
 * A line of a file for an excerpt, with secrets masked, and the position of the part `[start, end)` in the result.
 * `offset`: the offset of the line in the file.
 */
export function maskedLine(file: SourceFile, offset: number, line: string, start: number, end: number): MaskedLine {
  return maskedBy(hiddenIn(file), offset, line, start, end);
}

interface MaskedLine {
  readonly line: string;
  readonly start: number;
  readonly end: number;
}

function maskedBy(ranges: readonly Hidden[], offset: number, line: string, start: number, end: number): MaskedLine {
  let masked = "";
  let from = 0;
  let [newStart, newEnd] = [start, end];
  for (const hidden of ranges) {
    const left = Math.max(from, hidden.start - offset);
    const right = Math.min(line.length, hidden.end - offset);
    if (right <= left) continue;
    const at = masked.length + (left - from);
    const shift = MASK.length - (right - left);
    newStart = moved(newStart, start, left, right, at, shift);
    newEnd = moved(newEnd, end, left, right, at, shift);
    masked += line.slice(from, left) + MASK;
    from = right;
  }
  return { line: masked + line.slice(from), start: newStart, end: newEnd };
}

/** The position of an offset after `[left, right)` was replaced by a mask at `at`. */
function moved(now: number, place: number, left: number, right: number, at: number, shift: number): number {
  if (place <= left) return now;
  return place >= right ? now + shift : at + MASK.length;
}
