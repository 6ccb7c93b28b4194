/** Trying again what may work the next time. */
import { setTimeout as sleep } from "node:timers/promises";

export interface RetryOptions {
  /** Milliseconds before the second try; each further pause is twice as long, ten seconds at the most. */
  readonly pause: number;
  readonly signal: AbortSignal;
  onRetry(problem: unknown, pause: number): void;
}

const TRIES = 5;
const LONGEST_PAUSE = 10_000;

/**
 * Does the work until it succeeds, fails for good or has failed five times. `worthIt`: milliseconds to wait at least
 * before an error is tried again, or undefined where that would not help.
 */
export async function withRetries<T>(
  work: () => Promise<T>,
  worthIt: (error: unknown) => number | undefined,
  { pause, signal, onRetry }: RetryOptions,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const least = worthIt(error);
      if (least === undefined || attempt === TRIES || signal.aborted) throw error;
      const wait = Math.max(least, Math.min(pause * 2 ** (attempt - 1), LONGEST_PAUSE));
      onRetry(error, wait);
      await sleep(wait, undefined, { signal });
    }
  }
}

const TRANSIENT = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EAI_AGAIN",
  "ENETUNREACH",
  "EHOSTUNREACH",
  "UND_ERR_SOCKET",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
  // PostgreSQL: starting or shutting down, too many connections.
  "57P01",
  "57P03",
  "53300",
]);

/** Whether an error's code says that the other side may be there in a moment. */
export function isTransient(code: string | undefined): boolean {
  return code !== undefined && TRANSIENT.has(code);
}
