/** What is said while services are asked and steps are done, a line each: nobody is left without word for long. */
import type { StepEvent } from "../deploy/apply.ts";
import { stepText } from "../deploy/render.ts";
import type { Output } from "./io.ts";
import { secondsText } from "./run-progress.ts";

const SILENCE_MS = 1000;
/** The same wait is told of again after this time. */
const AGAIN_MS = 10_000;

/** Says what is waited for, where the work takes longer than a moment. */
export async function sayingWhatFor<Result>(
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

/** Tells of pauses that a service asks for, and of those before it is asked again. */
export function createWaitTeller(output: Output): (action: string, milliseconds: number) => void {
  const told = new Map<string, number>();
  return (action, milliseconds) => {
    const now = performance.now();
    const since = now - (told.get(action) ?? Number.NEGATIVE_INFINITY);
    if (milliseconds < SILENCE_MS || (since < AGAIN_MS && milliseconds < AGAIN_MS)) return;
    told.set(action, now);
    output.write(`waiting ${secondsText(milliseconds / 1000)} to ${action}\n`);
  };
}

/** A line for each step that has ended: `3/12 change pipeline pl_olist, 0.4 s`. */
export function createDeployProgress(total: number, output: Output): (event: StepEvent) => void {
  const begun = new Map<string, number>();
  return (event) => {
    if (event.kind === "begun") {
      begun.set(event.step.id, performance.now());
      return;
    }
    const seconds = (performance.now() - (begun.get(event.step.id) ?? 0)) / 1000;
    const text = `${event.isDone ? "" : "FAILED "}${stepText(event.step)}`;
    output.write(`${event.count}/${total} ${text}, ${secondsText(seconds)}\n`);
  };
}
