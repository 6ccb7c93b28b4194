/** `--watch`: repeats a command after every change of the files it read. */
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createNodeHost } from "../node-host.ts";
import { type CommandResult, type CommonOptions, EXIT, type ExitCode, execute } from "./command.ts";
import type { Io } from "./io.ts";

const INTERVAL_MS = 200;

/** Runs the command now and after every change, until interrupted. Resolves to the last exit code. */
export async function executeWatching(
  name: string,
  command: () => Promise<CommandResult>,
  options: CommonOptions,
  path: string,
  io: Io,
): Promise<ExitCode> {
  const stop = io.stopSignal();
  let read: readonly string[] = [];
  const remembering = async (): Promise<CommandResult> => {
    const result = await command();
    read = [...result.sources.keys()];
    return result;
  };
  let exitCode: ExitCode = EXIT.ok;
  // Without a working output there is no reason to continue.
  const isOver = () => stop.aborted || io.stdout.problem() !== undefined;
  while (!isOver()) {
    const start = Date.now();
    exitCode = await execute(name, remembering, options, io);
    const known = timesOf(path, read, io);
    const changedMeanwhile = [...known.values()].some((time) => time > start && time <= Date.now());
    await io.stdout.flush();
    if (changedMeanwhile || isOver()) continue;
    io.stderr.write(`Watching ${path}, press Ctrl-C to stop\n`);
    while (!stop.aborted && same(known, timesOf(path, read, io))) await pause(stop);
  }
  return exitCode;
}

/** The modification time of each file; 0 for a deleted one. */
function timesOf(path: string, read: readonly string[], io: Io): ReadonlyMap<string, number> {
  const host = createNodeHost(io.folder);
  const files = new Set([...(host.isFolder(path) ? host.listPrograms(path) : []), ...read]);
  const time = (file: string): number => statSync(resolve(io.folder, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return new Map([...files].map((file) => [file, time(file)]));
}

function same(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean {
  return a.size === b.size && [...a].every(([file, time]) => b.get(file) === time);
}

async function pause(stop: AbortSignal): Promise<void> {
  await sleep(INTERVAL_MS, undefined, { signal: stop }).catch(() => undefined);
}
