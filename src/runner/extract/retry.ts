/** Trying again what may work the next time. */
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf } from "../errors.ts";

export interface RetryOptions {
  /** Milliseconds before the second try; each further pause is twice as long, ten seconds at the most. */
  readonly pause: number;
  /** Milliseconds after which a source that nobody answers for counts as unreachable, all tries together. */
  readonly patience: number;
  readonly signal: AbortSignal;
  onRetry(problem: unknown, pause: number): void;
}

const TRIES = 5;
const LONGEST_PAUSE = 10_000;

/**
 * Does the work until it succeeds, fails for good, has failed five times or nobody has answered for too long. `worthIt`: milliseconds to wait at least
 * before an error is tried again, or undefined where that would not help.
 */
export async function withRetries<T>(
  work: () => Promise<T>,
  worthIt: (error: unknown) => number | undefined,
  { pause, patience, signal, onRetry }: RetryOptions,
): Promise<T> {
  let answered = performance.now();
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const least = worthIt(error);
      if (least === undefined || attempt === TRIES || signal.aborted) throw error;
      const wait = Math.max(least, Math.min(pause * 2 ** (attempt - 1), LONGEST_PAUSE));
      if (!isUnanswered(codeOf(error))) answered = performance.now();
      else if (performance.now() + wait - answered > patience) throw error;
      onRetry(error, wait);
      await sleep(wait, undefined, { signal });
    }
  }
}

/** Nobody was there: the connection itself did not come about. */
const UNANSWERED = new Set(["ECONNREFUSED", "EAI_AGAIN", "ENETUNREACH", "EHOSTUNREACH", "UND_ERR_CONNECT_TIMEOUT"]);

const TRANSIENT = new Set([
  ...UNANSWERED,
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "UND_ERR_SOCKET",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
  // PostgreSQL: starting or shutting down, too many connections.
  "57P01",
  "57P03",
  "53300",
]);

function isUnanswered(code: string | undefined): boolean {
  return code !== undefined && UNANSWERED.has(code);
}

/** Whether an error's code says that the other side may be there in a moment. */
export function isTransient(code: string | undefined): boolean {
  return code !== undefined && TRANSIENT.has(code);
}
