/** Progress of a deployment, one line for each step and for each longer wait. */
import type { StepEvent } from "../deploy/apply.ts";
import { stepText } from "../deploy/render.ts";
import type { Output } from "./io.ts";
import { secondsText } from "./run-progress.ts";

const SILENCE_MS = 1000;
/** A wait for the same action is reported again after this time. */
const AGAIN_MS = 10_000;

/** Prints `text` if the work takes longer than a moment. */
export async function announceIfSlow<Result>(
  text: string,
  output: Output,
  work: () => Promise<Result>,
): Promise<Result> {
  const timer = setTimeout(() => output.write(`${text}\n`), SILENCE_MS);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}

/** Reports pauses that a service asks for, and those before a retry. */
export function createWaitReporter(output: Output): (action: string, milliseconds: number) => void {
  const reported = new Map<string, number>();
  return (action, milliseconds) => {
    const now = performance.now();
    const since = now - (reported.get(action) ?? Number.NEGATIVE_INFINITY);
    if (milliseconds < SILENCE_MS || (since < AGAIN_MS && milliseconds < AGAIN_MS)) return;
    reported.set(action, now);
    output.write(`waiting ${secondsText(milliseconds / 1000)} to ${action}\n`);
  };
}

/** Prints a line for each finished step: `3/12 change pipeline pl_olist, 0.4 s`. */
export function createDeployProgress(total: number, output: Output): (event: StepEvent) => void {
  const begun = new Map<string, number>();
  return (event) => {
    if (event.kind === "begun") {
      begun.set(event.step.id, performance.now());
      return;
    }
    if (event.kind === "warned") {
      for (const { message } of event.warnings) output.write(`warning: ${message}\n`);
      return;
    }
    const seconds = (performance.now() - (begun.get(event.step.id) ?? 0)) / 1000;
    const text = `${event.isDone ? "" : "FAILED "}${stepText(event.step)}`;
    output.write(`${event.count}/${total} ${text}, ${secondsText(seconds)}\n`);
  };
}
