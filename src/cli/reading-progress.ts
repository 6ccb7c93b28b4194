/** A host that says on the way how far the reading has come: a check of very many tables takes its time. */
import type { CompilerHost } from "../host.ts";
import type { Output } from "./io.ts";

const SILENCE_MS = 1000;

/** A file of this many characters is announced, for its own check may be long. */
const LONG_FILE = 1_000_000;

/** Reads through `host`; of `total` files as far as is known. Imported files come on top. */
export function tellingHost(host: CompilerHost, total: number, output: Output): CompilerHost {
  let files = 0;
  let lastSaid = performance.now();
  return {
    ...host,
    readFile(path) {
      const text = host.readFile(path);
      files++;
      const now = performance.now();
      if (now - lastSaid > SILENCE_MS || (typeof text === "string" && text.length > LONG_FILE)) {
        output.write(`checking ${path}, file ${files} of ${Math.max(files, total)}\n`);
        lastSaid = now;
      }
      return text;
    },
  };
}
