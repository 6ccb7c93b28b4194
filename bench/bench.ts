/** `npm run bench`: all benchmarks that need only this repository. Exits with 1 if a limit is exceeded. */
import { availableParallelism, cpus, totalmem } from "node:os";
import { benchCompiler } from "./compiler.ts";
import { benchRun } from "./run.ts";

const gigabytes = (totalmem() / 1024 ** 3).toFixed(0);
console.log(
  `Node ${process.versions.node}, ${availableParallelism()} cores (${cpus()[0]?.model ?? "?"}), ${gigabytes} GB\n`,
);
const compiler = await benchCompiler();
console.log();
const run = await benchRun();
if (!compiler || !run) process.exitCode = 1;
