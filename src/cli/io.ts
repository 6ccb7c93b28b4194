/** The parts of the process that commands use; tests provide their own. */
import { createInterface } from "node:readline";

export interface Io {
  /** For results. */
  readonly stdout: Output;
  /** For progress and problems. */
  readonly stderr: Output;
  /** The working folder, absolute. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readStdin(): Promise<Buffer>;
  /** A person's answer to a question, empty if they cancel; undefined without a terminal. */
  ask(question: string): Promise<string | undefined>;
  /** Aborted on an interrupt. After this call an interrupt no longer ends the process, so the caller has to handle it. */
  stopSignal(): AbortSignal;
  /**
   * Has errors reported that nothing can catch: thrown in an event handler, or in a promise that nobody awaits. The first
   * of them ends the process with the exit code that `report` resolves to. A later call replaces `report`.
   */
  reportUncaught(report: (error: unknown) => Promise<number>): void;
}

export interface Output {
  /** Does nothing after the output has failed. */
  write(text: string): void;
  /** Resolves when everything written was passed to the system, or has failed. */
  flush(): Promise<void>;
  /** Why the output failed: its reader is gone (EPIPE), its disk is full (ENOSPC). */
  problem(): Error | undefined;
  /** Whether it is a terminal, on which lines can be redrawn. */
  readonly isLive: boolean;
  readonly hasColor: boolean;
  /** In character cells. */
  readonly width: number;
}

const WIDTH_OF_A_LOG = 120;

/** The process itself. */
export function processIo(): Io {
  let stop: AbortController | undefined;
  let reportUncaught: ((error: unknown) => Promise<number>) | undefined;
  return {
    stdout: processOutput(process.stdout),
    stderr: processOutput(process.stderr),
    folder: process.cwd(),
    env: process.env,
    async readStdin() {
      const chunks: Buffer[] = [];
      for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
      return Buffer.concat(chunks);
    },
    async ask(question) {
      if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) return undefined;
      const reader = createInterface({ input: process.stdin, output: process.stderr });
      try {
        const answer = await new Promise<string | undefined>((answered) => {
          reader.once("close", () => answered(undefined));
          reader.question(question, answered);
        });
        if (answer !== undefined) return answer;
        // Ctrl-C and Ctrl-D do not end the line.
        process.stderr.write("\n");
        return "";
      } finally {
        reader.close();
      }
    },
    stopSignal() {
      if (stop === undefined) {
        const controller = new AbortController();
        process.once("SIGINT", () => controller.abort());
        process.once("SIGTERM", () => controller.abort());
        stop = controller;
      }
      return stop.signal;
    },
    reportUncaught(report) {
      if (reportUncaught === undefined) process.once("uncaughtException", (error) => void exitWith(error));
      reportUncaught = report;
    },
  };

  /** What the command was doing is in no known state, so it does not go on. */
  async function exitWith(error: unknown): Promise<void> {
    // An error that follows from the first one is redundant.
    process.on("uncaughtException", () => undefined);
    let code = 70;
    try {
      code = (await reportUncaught?.(error)) ?? code;
    } finally {
      process.exit(code);
    }
  }
}

/**
 * A failed output does not stop the command: a run or a deployment is not left half done because its reader went away.
 * An output that was closed before the start (`>&-`) cannot fail: Node opens /dev/null in its place before any code runs,
 * so it is the same as `>/dev/null` for every program on Node.
 */
function processOutput(stream: NodeJS.WriteStream): Output {
  const isLive = stream.isTTY === true && process.env.TERM !== "dumb";
  let problem: Error | undefined;
  stream.on("error", (error) => {
    problem ??= error;
  });
  return {
    write(text) {
      if (problem === undefined) stream.write(text);
    },
    flush: () => new Promise((done) => (problem === undefined ? stream.write("", () => setImmediate(done)) : done())),
    problem: () => problem,
    isLive,
    hasColor: isLive && (process.env.NO_COLOR ?? "") === "",
    // Some terminals report a width of 0 if they do not know it.
    width: stream.columns || WIDTH_OF_A_LOG,
  };
}
