/** Runs the compiler's front end on a text. */
import { type CheckResult, check } from "../../src/compile.ts";
import type { CompilerHost } from "../../src/host.ts";

const FILE = "generated.medal";

export function checkText(text: string): CheckResult {
  const host: CompilerHost = {
    readFile: (path) => (path === FILE ? text : undefined),
    listPrograms: () => [FILE],
    isFolder: () => false,
  };
  return check(host, [FILE]);
}
