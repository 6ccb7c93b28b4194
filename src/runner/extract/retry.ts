/** Trying again what may work the next time; failures.ts says what that is. */
import { setTimeout as sleep } from "node:timers/promises";
import { isSourceError, ruleOf } from "./failures.ts";

export interface RetryOptions {
  /** Milliseconds before the second try; each further pause is twice as long, ten seconds at the most. */
  readonly pause: number;
  /** Milliseconds after which a source that nobody answers for counts as unreachable, all tries together. */
  readonly patience: number;
  /** Milliseconds in which a source that has answered has to send something. */
  readonly silence: number;
  readonly signal: AbortSignal;
  onRetry(problem: unknown, pause: number): void;
}

const TRIES = 5;
const LONGEST_PAUSE = 10_000;

/** A server that asks for more time than this is not worth waiting for within a run. */
export const LONGEST_WAIT = 60_000;

/** Does the work until it succeeds, fails for good, has failed five times or nobody has answered for too long. */
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
      if (retry === undefined || asked > LONGEST_WAIT || attempt === TRIES || signal.aborted) throw error;
      const wait = Math.max(asked, Math.min(pause * 2 ** (attempt - 1), LONGEST_PAUSE));
      if (retry === "answered") answered = performance.now();
      else if (performance.now() + wait - answered > patience) throw error;
      onRetry(error, wait);
      await sleep(wait, undefined, { signal });
    }
  }
}
