/** What a command touches of the process it runs in; tests give their own. */
import { createInterface } from "node:readline";

export interface Io {
  /** For answers. */
  readonly stdout: Output;
  /** For progress and for what went wrong. */
  readonly stderr: Output;
  /** The working folder, absolute. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readStdin(): Promise<Buffer>;
  /** The answer of a person to a question, empty where they leave it open; undefined where there is nobody to ask. */
  ask(question: string): Promise<string | undefined>;
  /** Aborted when the user asks to stop. Who asks for the signal has to heed it: an interrupt ends the process no more. */
  stopSignal(): AbortSignal;
  /**
   * Has errors reported that nothing can catch: thrown in an event handler, or in a promise that nobody awaits. The first
   * of them ends the process with the exit code that `report` resolves to. A later call replaces `report`.
   */
  reportUncaught(report: (error: unknown) => Promise<number>): void;
}

export interface Output {
  /** Does nothing once the output has failed. */
  write(text: string): void;
  /** Resolves when everything written has been passed on to the system, or cannot be. */
  flush(): Promise<void>;
  /** Why the output failed: nobody reads it (EPIPE), its disk is full (ENOSPC). */
  problem(): Error | undefined;
  /** Whether a person watches, so that a line may be written anew. */
  readonly isLive: boolean;
  readonly hasColor: boolean;
  /** In cells. */
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
        // Ctrl-C or Ctrl-D, which end no line.
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
    // An error that follows from the first one says nothing new.
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
    // Some terminals say that they are 0 wide: they do not know.
    width: stream.columns || WIDTH_OF_A_LOG,
  };
}
