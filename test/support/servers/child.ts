import type { ChildProcess } from "node:child_process";

/** Ends a process by closing its input, and waits for it. */
export function endByInput(child: ChildProcess): Promise<void> {
  return new Promise((ended) => {
    if (child.exitCode !== null || child.signalCode !== null) return ended();
    child.once("exit", () => ended());
    child.stdin?.end();
  });
}
