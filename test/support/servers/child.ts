import type { ChildProcess } from "node:child_process";

/** Closes the input of a process that ends with it, and waits for its end. */
export function endByInput(child: ChildProcess): Promise<void> {
  return new Promise((ended) => {
    if (child.exitCode !== null || child.signalCode !== null) return ended();
    child.once("exit", () => ended());
    child.stdin?.end();
  });
}
