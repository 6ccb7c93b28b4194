/** Progress of reading a program, for checks of very many files. */
import type { CompilerHost } from "../host.ts";
import type { Output } from "./io.ts";

const SILENCE_MS = 1000;

/** Files of this many characters are always reported, because checking one may take long. */
const LONG_FILE = 1_000_000;

/** A host that reports progress. `total`: the known number of files; imported files add to it. */
export function withReadingProgress(host: CompilerHost, total: number, output: Output): CompilerHost {
  let files = 0;
  let lastReport = performance.now();
  return {
    ...host,
    readFile(path) {
      const text = host.readFile(path);
      files++;
      const now = performance.now();
      if (now - lastReport > SILENCE_MS || (typeof text === "string" && text.length > LONG_FILE)) {
        output.write(`Checking ${path} (file ${files} of ${Math.max(files, total)})\n`);
        lastReport = now;
      }
      return text;
    },
  };
}
