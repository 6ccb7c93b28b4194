/**
 * What a file is, judged by its first bytes: for messages about files that are not what a program expects. One table entry
 * is all a new kind needs.
 */

export interface Content {
  readonly kind: ContentKind;
  /** For a message: "an HTML page", "gzip-compressed data". */
  readonly description: string;
  /** What to do where CSV or JSON lines were expected: a sentence. Undefined for text that may be either. */
  readonly hint?: string;
}

export type ContentKind =
  | "empty"
  | "blank"
  | "text"
  | "not-utf8"
  | "json-object"
  | "json-array"
  | "html"
  | "xml"
  | "git-lfs"
  | "utf-16"
  | "utf-32"
  | "xlsx"
  | "archive"
  | "binary";

/** So many bytes are enough; fewer mean that the file ends there. */
export const SNIFFED_BYTES = 4096;

/** What a file is whose first bytes these are. */
export function sniff(first: Uint8Array): Content {
  const bytes = first.subarray(0, SNIFFED_BYTES);
  if (bytes.length === 0) return { kind: "empty", description: "empty", hint: "The file has no bytes at all." };
  const latin1 = String.fromCharCode(...bytes);
  const signature = SIGNATURES.find(({ start, and }) => latin1.startsWith(start) && (and?.test(latin1) ?? true));
  if (signature !== undefined) return contentOf(signature);
  const wide = wideText(bytes);
  if (wide !== undefined) return wide;
  if (bytes.filter((byte) => byte === 0).length > MOST_ZEROS * bytes.length)
    return { kind: "binary", description: "binary data", hint: EXPORT };
  // The first bytes may end within a character; only what stands before the last few decides.
  const text = utf8Text(bytes, first.length >= SNIFFED_BYTES);
  if (text === undefined) return NOT_UTF8;
  const start = text.trimStart();
  if (start === "") return { kind: "blank", description: "blank", hint: "The file holds nothing but white space." };
  const markup = MARKUP.find(({ pattern }) => pattern.test(start));
  return markup === undefined ? { kind: "text", description: "text" } : contentOf(markup);
}

/** Whether no line of such a file can be a record of CSV or JSON lines, whatever columns are expected. */
export function isNoText({ kind }: Content): boolean {
  switch (kind) {
    case "html":
    case "xml":
    case "git-lfs":
    case "utf-16":
    case "utf-32":
    case "xlsx":
    case "archive":
    case "binary":
      return true;
    case "empty":
    case "blank":
    case "text":
    case "not-utf8":
    case "json-object":
    case "json-array":
      return false;
    default:
      return kind satisfies never;
  }
}

/** A single zero is a mistake in a record; the other records are as good as ever. */
const MOST_ZEROS = 0.1;

const DECOMPRESS = "Files are read as they are: decompress it where it is made, or before it is put there.";
const EXPORT = "Export it as CSV or JSON lines, in UTF-8.";
const ENCODE = "Files are read as UTF-8: save or export it in that encoding.";
const ANSWER =
  "Open the address in a browser: such a page is often a sign-in form, an error or a preview in place of the file itself.";

interface Signature {
  readonly kind: ContentKind;
  readonly description: string;
  readonly hint: string;
  /** The first bytes, one character each. */
  readonly start: string;
  /** What has to be found as well. */
  readonly and?: RegExp;
}

/** The first that fits counts. Sources: each format's own specification, and the registry of byte order marks of Unicode. */
const SIGNATURES: readonly Signature[] = [
  { kind: "archive", description: "gzip-compressed data", hint: DECOMPRESS, start: "\x1f\x8b" },
  { kind: "archive", description: "bzip2-compressed data", hint: DECOMPRESS, start: "BZh", and: /^BZh[1-9]1AY&SY/ },
  { kind: "archive", description: "xz-compressed data", hint: DECOMPRESS, start: "\xfd7zXZ\0" },
  { kind: "archive", description: "Zstandard-compressed data", hint: DECOMPRESS, start: "\x28\xb5\x2f\xfd" },
  { kind: "archive", description: "a 7z archive", hint: DECOMPRESS, start: "7z\xbc\xaf\x27\x1c" },
  { kind: "xlsx", description: "an Excel workbook", hint: EXPORT, start: "PK\x03\x04", and: /\[Content_Types\]|xl\// },
  { kind: "archive", description: "a ZIP archive", hint: DECOMPRESS, start: "PK\x03\x04" },
  { kind: "archive", description: "an empty ZIP archive", hint: DECOMPRESS, start: "PK\x05\x06" },
  { kind: "xlsx", description: "an old Excel workbook", hint: EXPORT, start: "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" },
  { kind: "binary", description: "a Parquet file", hint: EXPORT, start: "PAR1" },
  { kind: "binary", description: "an Avro file", hint: EXPORT, start: "Obj\x01" },
  { kind: "binary", description: "an ORC file", hint: EXPORT, start: "ORC", and: /^ORC[^\w\s,;|"]/ },
  { kind: "binary", description: "an Arrow file", hint: EXPORT, start: "ARROW1" },
  { kind: "binary", description: "a SQLite database", hint: EXPORT, start: "SQLite format 3\0" },
  { kind: "binary", description: "a PDF document", hint: EXPORT, start: "%PDF-" },
  { kind: "utf-32", description: "text in UTF-32", hint: ENCODE, start: "\xff\xfe\0\0" },
  { kind: "utf-32", description: "text in UTF-32", hint: ENCODE, start: "\0\0\xfe\xff" },
  { kind: "utf-16", description: "text in UTF-16", hint: ENCODE, start: "\xff\xfe" },
  { kind: "utf-16", description: "text in UTF-16", hint: ENCODE, start: "\xfe\xff" },
  {
    kind: "git-lfs",
    description: "a Git LFS pointer",
    hint: "The file is a pointer to Git LFS: use the URL or path of its content, as after `git lfs pull`.",
    start: "version https://git-lfs.github.com/spec/",
  },
];

const NOT_UTF8: Content = {
  kind: "not-utf8",
  description: "text that is not UTF-8, such as Latin-1 or Windows-1252",
  hint: ENCODE,
};

interface Markup {
  readonly kind: ContentKind;
  readonly description: string;
  readonly hint: string;
  /** Of the text without a byte order mark and white space before it. */
  readonly pattern: RegExp;
}

const MARKUP: readonly Markup[] = [
  {
    kind: "html",
    description: "an HTML page",
    hint: ANSWER,
    pattern: /^(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]*?-->\s*)*<(?:!doctype\s+html|html|head|body|title|meta|script)\b/i,
  },
  {
    kind: "xml",
    description: "an XML document",
    hint: ANSWER,
    pattern: /^<(?:\?xml\b|!doctype\b|!--|[a-z_][\w.:-]*[\s/>])/i,
  },
  {
    kind: "json-object",
    description: "JSON",
    hint: 'A file of JSON lines is read with `json("...")`.',
    pattern: /^\{\s*(?:"(?:[^"\\]|\\.)*"\s*:|\})/,
  },
  {
    kind: "json-array",
    description: "a JSON array",
    hint: 'A file of JSON lines is read with `json("...")`: one object a line.',
    pattern: /^\[\s*(?:[{[\]]|"(?:[^"\\]|\\.)*"\s*[,\]])/,
  },
];

function contentOf({ kind, description, hint }: Signature | Markup): Content {
  return { kind, description, hint };
}

/** Text of two or four bytes a character without a byte order mark: its letters have zeros in the same places. */
function wideText(bytes: Uint8Array): Content | undefined {
  const zeros = [0, 0, 0, 0];
  bytes.forEach((byte, at) => {
    if (byte === 0) zeros[at % 4] = (zeros[at % 4] ?? 0) + 1;
  });
  const most = 0.4 * (bytes.length / 4);
  const [a, b, c, d] = zeros.map((count) => count > most);
  if ([a, b, c, d].filter(Boolean).length === 3) return { kind: "utf-32", description: "text in UTF-32", hint: ENCODE };
  const isWide = (b && d && !a && !c) || (a && c && !b && !d);
  return isWide ? { kind: "utf-16", description: "text in UTF-16", hint: ENCODE } : undefined;
}

const LONGEST_CHARACTER = 4;

/** Undefined where the bytes are no UTF-8. `isCut`: they may end within a character. */
function utf8Text(bytes: Uint8Array, isCut: boolean): string | undefined {
  const most = isCut ? LONGEST_CHARACTER : 1;
  for (let less = 0; less < most; less++) {
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, bytes.length - less));
    } catch {
      // One character may be cut.
    }
  }
  return undefined;
}
