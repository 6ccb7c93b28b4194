/** Retries with backoff; failures.ts decides which errors are retried. */
import { setTimeout as sleep } from "node:timers/promises";
import { isSourceError, ruleOf } from "./failures.ts";

export interface RetryOptions {
  /** Milliseconds before the second attempt; each further pause is twice as long, up to ten seconds. */
  readonly pause: number;
  /** Milliseconds after which a source that does not respond counts as unreachable, over all attempts. */
  readonly patience: number;
  /** Milliseconds within which a source that has responded has to send data. */
  readonly silence: number;
  readonly signal: AbortSignal;
  onRetry(problem: unknown, pause: number): void;
}

const ATTEMPTS = 5;
const LONGEST_PAUSE = 10_000;

/** If a server asks for a longer pause than this, the run does not wait for it. */
export const LONGEST_WAIT = 60_000;

/** Repeats the work until it succeeds, fails permanently, has failed five times or got no response for too long. */
export async function withRetries<T>(
  work: () => Promise<T>,
  { pause, patience, signal, onRetry }: Omit<RetryOptions, "silence">,
): Promise<T> {
  let answered = performance.now();
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const { retry } = ruleOf(error);
      const asked = isSourceError(error) ? error.retryAfter : 0;
      if (retry === undefined || asked > LONGEST_WAIT || attempt === ATTEMPTS || signal.aborted) throw error;
      const wait = Math.max(asked, Math.min(pause * 2 ** (attempt - 1), LONGEST_PAUSE));
      if (retry === "answered") answered = performance.now();
      else if (performance.now() + wait - answered > patience) throw error;
      onRetry(error, wait);
      await sleep(wait, undefined, { signal });
    }
  }
}
