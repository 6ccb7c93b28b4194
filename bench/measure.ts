/** Measures processes and repeated calls. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

export interface Measured {
  /** Median wall time, milliseconds. */
  readonly ms: number;
  /** Largest peak of resident memory, MB; of the process measured, without its children. */
  readonly peakMb: number;
}

const POLL_MS = 5;

/** Runs a command once; it must exit with 0. Peak memory is polled from /proc; 0 on systems without it. */
export async function processOnce(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Measured> {
  const start = performance.now();
  const child = spawn(command, args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  let peakMb = 0;
  const poll = setInterval(() => {
    peakMb = Math.max(peakMb, peakOf(child.pid));
  }, POLL_MS);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  clearInterval(poll);
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} exited with ${code}: ${errors.slice(-2000)}`);
  return { ms: performance.now() - start, peakMb };
}

function peakOf(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** The median of several runs after a warm-up run. `before` prepares each run and is not timed. */
export async function processMedian(
  runs: number,
  once: () => Promise<Measured>,
  before: () => void = () => undefined,
): Promise<Measured> {
  const all: Measured[] = [];
  for (let run = 0; run <= runs; run++) {
    before();
    const measured = await once();
    if (run > 0) all.push(measured);
  }
  return { ms: median(all.map((each) => each.ms)), peakMb: Math.max(...all.map((each) => each.peakMb)) };
}

/** The median time of calls in this process after two warm-up calls, in milliseconds. */
export function warmMedian(runs: number, call: () => void): number {
  const all: number[] = [];
  for (let run = -2; run < runs; run++) {
    const start = performance.now();
    call();
    if (run >= 0) all.push(performance.now() - start);
  }
  return median(all);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Formats rows as a text table: the first column left-aligned, the others right-aligned. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, at) => Math.max(name.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row.map((text, at) => (at === 0 ? text.padEnd(widths[at] ?? 0) : text.padStart(widths[at] ?? 0))).join("  ");
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}
