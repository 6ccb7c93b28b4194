/** The process environment of a command in a test: captures its output, with a temporary folder. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { onTestFinished } from "vitest";
import type { Io, Output } from "../../src/cli/io.ts";
import { runCommandLine } from "../../src/cli/main.ts";

export interface TestIo extends Io {
  /** The output so far. */
  readonly out: () => string;
  readonly err: () => string;
  /** Stops what runs until it is interrupted. */
  stop(): void;
}

export interface TestIoOptions {
  readonly folder?: string;
  readonly stdin?: string | Uint8Array;
  /** A person's answer to each question; undefined without a terminal. */
  readonly answer?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly isLive?: boolean;
  /** The width of the terminal, in cells. */
  readonly width?: number;
}

export function createTestIo(options: TestIoOptions = {}): TestIo {
  const { folder = "/", stdin = "", answer, env = {}, isLive = false, width = 120 } = options;
  const texts = { out: "", err: "" };
  const stop = new AbortController();
  const output = (name: "out" | "err"): Output => ({
    write: (text) => {
      texts[name] += text;
    },
    flush: async () => undefined,
    problem: () => undefined,
    isLive,
    hasColor: isLive,
    width,
  });
  return {
    stdout: output("out"),
    stderr: output("err"),
    folder,
    env,
    readStdin: async () => Buffer.from(stdin),
    ask: async () => answer,
    stopSignal: () => stop.signal,
    reportUncaught: () => undefined,
    out: () => texts.out,
    err: () => texts.err,
    stop: () => stop.abort(),
  };
}

/** Creates a folder with these files, which is removed after the test. */
export function temporaryFolder(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(`${tmpdir()}/medalc-`);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(`${folder}/${path}`), { recursive: true });
    writeFileSync(`${folder}/${path}`, text);
  }
  return folder;
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in this process: `medalc("check shop.medal", { folder })`; spaces separate arguments. */
export async function medalc(commandLine: string, options: TestIoOptions = {}): Promise<Ran> {
  const io = createTestIo(options);
  const args = commandLine.split(" ").filter((part) => part !== "");
  const code = await runCommandLine(args, io);
  return { code, out: io.out(), err: io.err() };
}
