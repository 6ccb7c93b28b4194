/**
 * Classifies errors of sources: the kind of failure, which determines the diagnostic, and whether to retry.
 * The tables have a row for every known error of Node and the drivers; a new one needs one more row.
 */
import { isFileError, isSystemError } from "../errors.ts";

export type FailureKind =
  /** The address itself is invalid. */
  | "address"
  | "host"
  | "refused"
  | "timeout"
  | "tls"
  | "login"
  | "access"
  | "database"
  | "object"
  | "column"
  /** A column whose values have another order than the declared type. */
  | "column-type"
  /** A file outside the folder of its source. */
  | "outside"
  /** The source is temporarily unavailable. */
  | "unavailable"
  /** The connection broke, or the data is incomplete. */
  | "interrupted"
  /** A response that violates the protocol or has no file. */
  | "answer"
  /** A successful response that is not data. */
  | "content"
  | "query"
  | "unknown";

export interface FailureRule {
  readonly kind: FailureKind;
  /**
   * Whether to retry: `answered` until the attempts are used up, `unanswered` only until `patience` has passed, because
   * nothing responded. Absent if another attempt would end the same way.
   */
  readonly retry?: "answered" | "unanswered";
}

/** An error that carries its own classification. */
export interface SourceError extends Error {
  readonly rule: FailureRule;
  /** The pause in milliseconds that the server asks for. */
  readonly retryAfter: number;
}

export function sourceError(rule: FailureRule, message: string, retryAfter = 0): SourceError {
  return Object.assign(new Error(message), { rule, retryAfter });
}

export function isSourceError(error: unknown): error is SourceError {
  return error instanceof Error && "rule" in error && "retryAfter" in error;
}

const RETRIED = { retry: "answered" } as const;
const NO_RESPONSE = { retry: "unanswered" } as const;

/** By error code of Node, the file system or PostgreSQL. */
const BY_CODE: Readonly<Record<string, FailureRule>> = {
  ENOTFOUND: { kind: "host" },
  EAI_AGAIN: { kind: "host", ...NO_RESPONSE },
  EAI_FAIL: { kind: "host" },
  EAI_NODATA: { kind: "host" },
  EAI_NONAME: { kind: "host" },
  ENODATA: { kind: "host" },
  ESERVFAIL: { kind: "host" },
  ETIMEOUT: { kind: "host" },
  EBADNAME: { kind: "host" },

  ECONNREFUSED: { kind: "refused", ...NO_RESPONSE },
  ENETUNREACH: { kind: "unknown", ...NO_RESPONSE },
  EHOSTUNREACH: { kind: "unknown", ...NO_RESPONSE },
  ENETDOWN: { kind: "unknown", ...NO_RESPONSE },
  EADDRNOTAVAIL: { kind: "address" },
  ERR_SOCKET_BAD_PORT: { kind: "address" },
  ETIMEDOUT: { kind: "timeout", ...RETRIED },

  ECONNRESET: { kind: "interrupted", ...RETRIED },
  ECONNABORTED: { kind: "interrupted", ...RETRIED },
  EPIPE: { kind: "interrupted", ...RETRIED },
  ERR_STREAM_PREMATURE_CLOSE: { kind: "interrupted", ...RETRIED },
  UND_ERR_SOCKET: { kind: "interrupted", ...RETRIED },
  UND_ERR_CONNECT_TIMEOUT: { kind: "timeout", ...NO_RESPONSE },
  UND_ERR_HEADERS_TIMEOUT: { kind: "timeout", ...RETRIED },
  UND_ERR_BODY_TIMEOUT: { kind: "timeout", ...RETRIED },
  // A compressed body that is truncated or corrupt.
  Z_BUF_ERROR: { kind: "interrupted", ...RETRIED },
  Z_DATA_ERROR: { kind: "interrupted", ...RETRIED },
  EPROTO: { kind: "tls" },

  ENOENT: { kind: "object" },
  ENOTDIR: { kind: "object" },
  EISDIR: { kind: "object" },
  ELOOP: { kind: "object" },
  ENAMETOOLONG: { kind: "object" },
  EACCES: { kind: "access" },
  EPERM: { kind: "access" },

  "28P01": { kind: "login" },
  "28000": { kind: "login" },
  "42501": { kind: "access" },
  "3D000": { kind: "database" },
  "57P04": { kind: "database" },
  "3F000": { kind: "object" },
  "42P01": { kind: "object" },
  "42703": { kind: "column" },
  // Too many connections; shutting down, crashed, starting; a standby that has to catch up.
  "53300": { kind: "unavailable", ...RETRIED },
  "57P01": { kind: "unavailable", ...RETRIED },
  "57P02": { kind: "unavailable", ...RETRIED },
  "57P03": { kind: "unavailable", ...RETRIED },
  "40001": { kind: "unavailable", ...RETRIED },
  "08000": { kind: "interrupted", ...RETRIED },
  "08001": { kind: "interrupted", ...RETRIED },
  "08003": { kind: "interrupted", ...RETRIED },
  "08004": { kind: "access" },
  "08006": { kind: "interrupted", ...RETRIED },
  "08P01": { kind: "answer" },
};

/** Groups of codes that the table above does not list. */
const BY_CODE_PATTERN: readonly (readonly [RegExp, FailureRule])[] = [
  [
    /^(ERR_TLS_|ERR_SSL_|CERT_|CRL_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE)|PATH_LENGTH_|ERR_OSSL)/,
    { kind: "tls" },
  ],
  [/^HPE_/, { kind: "answer" }],
  [/^ERR_BROTLI|^ERR__ERROR/, { kind: "interrupted", ...RETRIED }],
  // Any other SQLSTATE.
  [/^(?=.*\d)[0-9A-Z]{5}$/, { kind: "query" }],
];

/** By error number of a MongoDB server. */
const BY_MONGODB_CODE: Readonly<Record<number, FailureRule>> = {
  13: { kind: "access" },
  18: { kind: "login" },
  8000: { kind: "login" },
  26: { kind: "object" },
  73: { kind: "object" },
  // Network problems within a cluster, shutdown, election of a new primary.
  6: { kind: "interrupted", ...RETRIED },
  7: { kind: "interrupted", ...RETRIED },
  89: { kind: "interrupted", ...RETRIED },
  9001: { kind: "interrupted", ...RETRIED },
  91: { kind: "unavailable", ...RETRIED },
  189: { kind: "unavailable", ...RETRIED },
  10107: { kind: "unavailable", ...RETRIED },
  11600: { kind: "unavailable", ...RETRIED },
  11602: { kind: "unavailable", ...RETRIED },
  13435: { kind: "unavailable", ...RETRIED },
  13436: { kind: "unavailable", ...RETRIED },
};

/** By the name of an error class of the MongoDB driver. */
const BY_NAME: Readonly<Record<string, FailureRule>> = {
  MongoParseError: { kind: "address" },
  MongoInvalidArgumentError: { kind: "address" },
  MongoMissingCredentialsError: { kind: "address" },
  MongoMissingDependencyError: { kind: "address" },
  MongoAPIError: { kind: "address" },
  MongoNetworkError: { kind: "interrupted", ...RETRIED },
  MongoNetworkTimeoutError: { kind: "timeout", ...RETRIED },
  MongoTopologyClosedError: { kind: "interrupted", ...RETRIED },
  // The driver has already retried.
  MongoServerSelectionError: { kind: "timeout" },
  MongoServerError: { kind: "query" },
};

/** By message of the PostgreSQL driver, for errors without a code. */
const BY_MESSAGE: readonly (readonly [RegExp, FailureRule])[] = [
  [/timeout expired|due to connection timeout/, { kind: "timeout" }],
  [
    /^Connection terminated|connection was closed|socket hang up|socket disconnected/i,
    { kind: "interrupted", ...RETRIED },
  ],
  [/establishing an SSL connection|does not support SSL/, { kind: "tls" }],
  [/^SASL:|authentication/i, { kind: "login" }],
];

/** The rule of an error: the first match of the tables in its chain of causes. */
export function ruleOf(error: unknown): FailureRule {
  const chain = causesOf(error);
  const own = chain.find(isSourceError);
  if (own) return own.rule;
  if (chain.some(({ code, message }) => code === "28000" && /pg_hba/.test(message))) return { kind: "access" };
  const found = firstOf(chain, ({ code }) => (typeof code === "string" ? byCode(code) : undefined)) ??
    firstOf(chain, ({ code, name }) =>
      typeof code === "number" && /^Mongo/.test(name) ? BY_MONGODB_CODE[code] : undefined,
    ) ??
    firstOf(chain, ({ name }) => BY_NAME[name]) ??
    firstOf(chain, ({ message }) => BY_MESSAGE.find(([pattern]) => pattern.test(message))?.[1]) ?? { kind: "unknown" };
  const isGivenUp = chain.some(({ name }) => name === "MongoServerSelectionError");
  return isGivenUp ? { kind: found.kind } : found;
}

/** Whether an error code means a temporary failure. */
export function isTransient(code: string | undefined): boolean {
  return code !== undefined && byCode(code)?.retry !== undefined;
}

/** Whether the error comes from writing to the lake rather than from reading the source. */
export function isLakeFailure(error: unknown, lakeFolder: string): boolean {
  if (isFileError(error, "ENOSPC", "EDQUOT", "EROFS", "EFBIG")) return true;
  return error instanceof Error && isSystemError(error) && "path" in error && String(error.path).startsWith(lakeFolder);
}

type Cause = Error & { readonly code?: unknown };

function causesOf(error: unknown): readonly Cause[] {
  if (!(error instanceof Error)) return [];
  const deeper = error instanceof AggregateError ? error.errors[0] : error.cause;
  return [error, ...causesOf(deeper)];
}

function firstOf(chain: readonly Cause[], rule: (each: Cause) => FailureRule | undefined): FailureRule | undefined {
  for (const each of chain) {
    const found = rule(each);
    if (found) return found;
  }
  return undefined;
}

function byCode(code: string): FailureRule | undefined {
  return BY_CODE[code] ?? BY_CODE_PATTERN.find(([pattern]) => pattern.test(code))?.[1];
}
