/** Versions of a file on an HTTP server: validators (etag, time), and whether a range belongs to the same version. */
import type { IncomingHttpHeaders } from "node:http";

export interface HttpVersion {
  /** A strong etag; a weak one does not guarantee identical bytes. */
  readonly etag?: string;
  readonly lastModified?: string;
  /** The value of `If-Range` that requests a range of exactly this version. */
  readonly condition?: string;
  /** The size of the whole file in bytes. */
  readonly total?: number;
}

/** The version of the file in a response. `isEncoded`: the content length is not the length of the file. */
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

/** A file may change twice within a second, so a time is a strong validator only if it is older than the response (RFC 9110, 8.8.2.2). */
function isStrongTime({ "last-modified": lastModified = "", date = "" }: IncomingHttpHeaders): boolean {
  return Date.parse(date) - Date.parse(lastModified) >= 1000;
}

/** Why a 206 response is not the rest of this version from byte `from`; undefined if it is. */
export function partProblem(version: HttpVersion, from: number, headers: IncomingHttpHeaders): string | undefined {
  const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers["content-range"] ?? "");
  if (range === null) return "a different range";
  const [start = 0, end = 0, total = 0] = range.slice(1).map(Number);
  const length = wholeNumber(headers["content-length"]);
  if (start !== from || end !== total - 1) return "a different range";
  if (length !== undefined && length !== total - from) return "a range of a different length";
  if (version.total !== undefined && version.total !== total) return "a file of a different size";
  if (headers["content-encoding"] !== undefined) return "a compressed range";
  return isSameVersion(version, headers) ? undefined : "a different version of the file";
}

/** Whether a response is certainly of this version. */
function isSameVersion(version: HttpVersion, headers: IncomingHttpHeaders): boolean {
  const now = validatorsOf(headers);
  if (version.etag !== undefined) return now.etag === version.etag;
  return version.lastModified !== undefined && now.lastModified === version.lastModified && now.etag === undefined;
}

/** Whether a 416 response says that this version has no bytes after `from`. */
export function isAllThere(version: HttpVersion, from: number, headers: IncomingHttpHeaders): boolean {
  const [, total] = /^bytes \*\/(\d+)$/.exec(headers["content-range"] ?? "") ?? [];
  if (Number(total) !== from || (version.total !== undefined && version.total !== from)) return false;
  return headers.etag === undefined || headers.etag === version.etag;
}

/** Whether a 304 response matches the known file. */
export function isUnchanged(
  known: { readonly etag?: string; readonly lastModified?: string; readonly bytes: number },
  headers: IncomingHttpHeaders,
): boolean {
  const now = validatorsOf(headers);
  const length = wholeNumber(headers["content-length"]);
  return (
    (now.etag === undefined || known.etag === undefined || now.etag === known.etag) &&
    (now.lastModified === undefined || known.lastModified === undefined || now.lastModified === known.lastModified) &&
    // Some servers send the length of the empty response body.
    (length === undefined || length === 0 || known.bytes === length)
  );
}

/** The `Retry-After` header in milliseconds; it may be given in seconds or as a time. */
export function retryAfter(headers: IncomingHttpHeaders, now: number): number {
  const asked = headers["retry-after"]?.trim() ?? "";
  const wait = /^\d+$/.test(asked) ? Number(asked) * 1000 : Date.parse(asked) - now;
  return Number.isFinite(wait) ? Math.max(0, wait) : 0;
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
