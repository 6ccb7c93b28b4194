/** Versions of a file on an HTTP server: what tells them apart, and whether a part may be put to what is there. */
import type { IncomingHttpHeaders } from "node:http";

export interface HttpVersion {
  /** A strong one; a weak etag only says that two files mean the same. */
  readonly etag?: string;
  readonly lastModified?: string;
  /** By which a part of just this version can be asked for. */
  readonly condition?: string;
  /** The bytes of the whole file. */
  readonly total?: number;
}

/** The version that an answer with the whole file is of. `isEncoded`: its length is not that of the file. */
export function versionOf(headers: IncomingHttpHeaders, isEncoded: boolean): HttpVersion {
  const { etag, lastModified } = validatorsOf(headers);
  const condition = etag ?? (isStrongTime(headers) ? lastModified : undefined);
  const total = isEncoded ? undefined : wholeNumber(headers["content-length"]);
  return {
    ...(etag === undefined ? {} : { etag }),
    ...(lastModified === undefined ? {} : { lastModified }),
    ...(condition === undefined || isEncoded ? {} : { condition }),
    ...(total === undefined ? {} : { total }),
  };
}

function validatorsOf({ etag, "last-modified": lastModified }: IncomingHttpHeaders) {
  return { etag: etag === undefined || /^W\//i.test(etag) ? undefined : etag, lastModified };
}

/** A file may have been changed twice in one second; what was changed before the answer was not (RFC 9110, 8.8.2.2). */
function isStrongTime({ "last-modified": lastModified = "", date = "" }: IncomingHttpHeaders): boolean {
  return Date.parse(date) - Date.parse(lastModified) >= 1000;
}

/** Why the answer 206 is not the rest of this version from byte `from` on; undefined where it is. */
export function partProblem(version: HttpVersion, from: number, headers: IncomingHttpHeaders): string | undefined {
  const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers["content-range"] ?? "");
  if (range === null) return "another range";
  const [start = 0, end = 0, total = 0] = range.slice(1).map(Number);
  const length = wholeNumber(headers["content-length"]);
  if (start !== from || end !== total - 1) return "another range";
  if (length !== undefined && length !== total - from) return "a range of another length";
  if (version.total !== undefined && version.total !== total) return "a file of another size";
  if (headers["content-encoding"] !== undefined) return "a compressed part";
  return isSameVersion(version, headers) ? undefined : "another version of the file";
}

/** Whether an answer is of this version for certain. */
function isSameVersion(version: HttpVersion, headers: IncomingHttpHeaders): boolean {
  const now = validatorsOf(headers);
  if (version.etag !== undefined) return now.etag === version.etag;
  return version.lastModified !== undefined && now.lastModified === version.lastModified && now.etag === undefined;
}

/** Whether the answer 416 says that there is no byte after `from`, of this version. */
export function isAllThere(version: HttpVersion, from: number, headers: IncomingHttpHeaders): boolean {
  const [, total] = /^bytes \*\/(\d+)$/.exec(headers["content-range"] ?? "") ?? [];
  if (Number(total) !== from || (version.total !== undefined && version.total !== from)) return false;
  return headers.etag === undefined || headers.etag === version.etag;
}

/** Whether the answer 304 may be of the file that is known. */
export function isUnchanged(
  known: { readonly etag?: string; readonly lastModified?: string; readonly bytes: number },
  headers: IncomingHttpHeaders,
): boolean {
  const now = validatorsOf(headers);
  const length = wholeNumber(headers["content-length"]);
  return (
    (now.etag === undefined || known.etag === undefined || now.etag === known.etag) &&
    (now.lastModified === undefined || known.lastModified === undefined || now.lastModified === known.lastModified) &&
    // Some servers give the length of the answer, which has no body.
    (length === undefined || length === 0 || known.bytes === length)
  );
}

/** Milliseconds that a server asks to wait, as seconds or as a time. */
export function retryAfter(headers: IncomingHttpHeaders, now: number): number {
  const asked = headers["retry-after"]?.trim() ?? "";
  const wait = /^\d+$/.test(asked) ? Number(asked) * 1000 : Date.parse(asked) - now;
  return Number.isFinite(wait) ? Math.max(0, wait) : 0;
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
