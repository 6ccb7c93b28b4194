/**
 * The Python process that has the Spark session: started, asked, ended. driver.py is its other side. It gets neither
 * secrets nor arguments, ends when this process does, and Spark ends with it.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { SECRET_PREFIX } from "../extract/sources.ts";

export interface DriverOptions {
  /** The interpreter: a path or a command. */
  readonly python: string;
  /** The program: driver.py, or one that serves more requests. */
  readonly script: string;
  /** `local[*]`, `spark://host:7077` */
  readonly master: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Where it works; it has to be there. */
  readonly folder: string;
  /** The file that gets all that it says besides answers; a new one. */
  readonly log: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** An open file that the process keeps open to its end, and with it a lock: while it may write, nobody else does. */
  readonly lock?: number;
}

/** Why there is no Spark. */
export type StartProblem =
  | { readonly problem: "python" }
  | { readonly problem: "package"; readonly package: string }
  | { readonly problem: "version"; readonly what: string; readonly found: string; readonly oldest: string }
  | { readonly problem: "delta"; readonly spark: string; readonly delta: string }
  | { readonly problem: "java" }
  | { readonly problem: "start"; readonly message: string };

/** What a request failed of. */
export interface RequestProblem {
  /** Spark's name for it, `DIVIDE_BY_ZERO`; null where it is no error of Spark's. */
  readonly condition: string | null;
  readonly message: string;
  /** Of Python and Java. */
  readonly trace: string;
}

export type Request = Readonly<Record<string, unknown>> & { readonly do: string };

export type Reply = { readonly result: unknown } | { readonly error: RequestProblem } | "ended";

export interface Driver {
  /** The version of Spark. */
  readonly version: string;
  /** Any number may be asked at a time. `ended`: the process has gone before it answered. */
  ask(request: Request): Promise<Reply>;
  /** Stops Spark, whatever is under way, and waits for its end. */
  stop(): Promise<void>;
}

const MOST_MS_TO_STOP = 15_000;

/** Starts Spark, which takes seconds. */
export async function startDriver(options: DriverOptions, signal?: AbortSignal): Promise<Driver | StartProblem> {
  mkdirSync(dirname(options.log), { recursive: true });
  const log = openSync(options.log, "w");
  const child = spawn(options.python, ["-u", options.script], {
    cwd: options.folder,
    env: withoutSecrets(options.env),
    stdio: ["pipe", "pipe", log, ...(options.lock === undefined ? [] : [options.lock])],
    // A group of its own: an interrupt from the keyboard is for this process, which stops Spark in its own order.
    detached: true,
  });
  closeSync(log);
  const ended = new Promise<void>((resolve) => {
    child.once("error", () => resolve());
    child.once("close", () => resolve());
  });
  const kill = () => child.kill("SIGKILL");
  signal?.addEventListener("abort", kill);
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error("a pipe was asked for");
  // What cannot be written any more is answered by the end of the process.
  stdin.on("error", () => undefined);
  const lines = createInterface({ input: stdout });
  const say = (content: object) => stdin.write(`${JSON.stringify(content)}\n`);

  say({ master: options.master, settings: options.settings });
  const first = await Promise.race([once(lines, "line"), ended]);
  signal?.removeEventListener("abort", kill);
  if (child.pid === undefined) return { problem: "python" };
  if (first === undefined) return { problem: "start", message: "the process ended" };
  const answer: { readonly ready: string } | StartProblem = JSON.parse(String(first[0]));
  if ("problem" in answer) {
    await ended;
    return answer;
  }
  return { version: answer.ready, ...conversation(), stop };

  function conversation(): Pick<Driver, "ask"> {
    const waiting = new Map<number, (reply: Reply) => void>();
    let count = 0;
    let isOver = false;
    lines.on("line", (line) => {
      const { id, ...reply } = JSON.parse(line);
      waiting.get(id)?.(reply);
      waiting.delete(id);
    });
    void ended.then(() => {
      isOver = true;
      for (const resolve of waiting.values()) resolve("ended");
    });
    return {
      ask(request) {
        if (isOver) return Promise.resolve("ended");
        const id = ++count;
        say({ id, ...request });
        return new Promise((resolve) => waiting.set(id, resolve));
      },
    };
  }

  async function stop(): Promise<void> {
    say({ do: "stop" });
    const timer = setTimeout(kill, MOST_MS_TO_STOP);
    await ended;
    clearTimeout(timer);
  }
}

function withoutSecrets(env: DriverOptions["env"]): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith(SECRET_PREFIX)));
}
