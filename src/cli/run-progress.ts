/**
 * Progress of a run: on a terminal a few lines that are redrawn, otherwise a line for each finished table and one
 * whenever nothing was printed for two seconds.
 */
import type { RelationResult, RunEvent } from "../runner/run-result.ts";
import type { Output } from "./io.ts";

export interface RunProgress {
  onEvent(event: RunEvent): void;
  /** Erases what was drawn. */
  end(): void;
}

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const REDRAW_MS = 100;
const SILENCE_MS = 2000;

/** Progress of a run of `total` relations. */
export function createRunProgress(total: number, output: Output): RunProgress {
  return output.isLive ? liveProgress(total, output) : plainProgress(total, output);
}

interface Running {
  /** From `performance.now()`. */
  readonly start: number;
  note: string;
}

/** Key of the engine's start among the running relations. */
const STARTING = "starting";

/** Tracks the events: which relations are running, and how many are done. */
function createState() {
  const running = new Map<string, Running>();
  let done = 0;
  return {
    running,
    done: () => done,
    follow(event: RunEvent): void {
      switch (event.kind) {
        case "starting":
          running.set(STARTING, { start: performance.now(), note: event.engine });
          return;
        case "ready":
          running.delete(STARTING);
          return;
        case "started":
          running.set(event.relation, { start: performance.now(), note: "" });
          return;
        case "progress":
          note(event.relation, sizeText(event.bytes));
          return;
        case "retrying":
          note(event.relation, `${event.problem}; retrying in ${secondsText(event.seconds)}`);
          return;
        case "finished":
          running.delete(event.result.relation);
          done++;
          return;
        default:
          event satisfies never;
      }
    },
  };

  function note(relation: string, text: string): void {
    const entry = running.get(relation);
    if (entry !== undefined) entry.note = text;
  }
}

function liveProgress(total: number, output: Output): RunProgress {
  const state = createState();
  const start = performance.now();
  let drawn = 0;
  let frame = 0;
  const erase = (): void => {
    if (drawn > 0) output.write(`\u001b[${drawn}A\u001b[0J`);
    drawn = 0;
  };
  const draw = (): void => {
    const now = performance.now();
    const lines = [
      `${FRAMES[frame++ % FRAMES.length]} ${state.done()} of ${total} done, ${secondsText((now - start) / 1000)}`,
      ...[...state.running].map(([relation, { note }]) => `  ${relation}${note === "" ? "" : `  ${note}`}`),
    ];
    erase();
    // A wrapped line would take two rows, and `erase` would miss one.
    output.write(lines.map((line) => `${line.slice(0, output.width - 1)}\n`).join(""));
    drawn = lines.length;
  };
  const timer = setInterval(draw, REDRAW_MS);
  return {
    onEvent: state.follow,
    end() {
      clearInterval(timer);
      erase();
    },
  };
}

function plainProgress(total: number, output: Output): RunProgress {
  const state = createState();
  let lastSaid = performance.now();
  const say = (line: string): void => {
    output.write(`${line}\n`);
    lastSaid = performance.now();
  };
  const timer = setInterval(() => {
    const now = performance.now();
    if (now - lastSaid < SILENCE_MS - REDRAW_MS) return;
    const at = [...state.running].map(([relation, { start, note }]) => {
      const details = [secondsText((now - start) / 1000), ...(note === "" ? [] : [note])];
      return `${relation} (${details.join(", ")})`;
    });
    say(`running: ${at.join(", ")}`);
  }, REDRAW_MS);
  return {
    onEvent(event) {
      state.follow(event);
      if (event.kind === "finished") say(`${state.done()}/${total} ${resultText(event.result)}`);
      if (event.kind === "ready") say(`${event.engine} is ready`);
      if (event.kind === "retrying") {
        say(`${event.relation}: ${event.problem}; retrying in ${secondsText(event.seconds)}`);
      }
    },
    end: () => clearInterval(timer),
  };
}

const VERBS = { ok: "done", unchanged: "unchanged", failed: "FAILED", skipped: "skipped" } as const;

function resultText({ relation, state, rows, bytes, contents, seconds }: RelationResult): string {
  if (state !== "ok") return `${VERBS[state]} ${relation}`;
  const loaded = contents === undefined ? sizeText(bytes) : `${contents}, ${sizeText(bytes)}`;
  const built = `${rows} row${rows === 1 ? "" : "s"}${contents === undefined ? "" : `, loaded ${contents}`}`;
  const amount = rows === undefined ? loaded : built;
  return `${VERBS[state]} ${relation}: ${amount}, ${secondsText(seconds)}`;
}

/** `0.3 s`, `12 s` */
export function secondsText(seconds: number): string {
  return `${seconds.toFixed(seconds < 9.95 ? 1 : 0)} s`;
}

/** `812 B`, `1.2 MB` */
export function sizeText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let size = bytes;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${size.toFixed(unit === 0 || size >= 99.95 ? 0 : 1)} ${units[unit]}`;
}
