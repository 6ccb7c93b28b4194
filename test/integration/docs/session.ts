/** Runs the commands of a page in one shell, in order, each with its own output and exit code. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";

export interface Step {
  readonly command: string;
  /** Runs before it, for what the page asks of its reader in words. */
  readonly before?: string;
}

export interface Outcome {
  readonly code: number;
  /** Standard output and standard error. */
  readonly output: string;
}

export interface SessionOptions {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs first, in the same shell. */
  readonly setup: string;
}

/** The result of each step. */
export async function runSession(steps: readonly Step[], options: SessionOptions): Promise<readonly Outcome[]> {
  const log = mkdtempSync(`${tmpdir()}/medalc-session-`);
  try {
    const parts = steps.map(
      ({ command, before = "" }, index) =>
        `${checked(before, `what comes before: ${command}`)}\n{ ${command}\n} >${log}/${index} 2>&1 </dev/null\necho $? >${log}/${index}.code\n`,
    );
    const script = `${checked(options.setup, "the set-up")}\n${parts.join("")}`;
    const { code, errors } = await bash(script, options);
    if (code !== 0) throw new Error(errors);
    return steps.map((_, index) => ({
      code: Number(existsSync(`${log}/${index}.code`) ? readFileSync(`${log}/${index}.code`, "utf8") : "NaN"),
      output: readFileSync(`${log}/${index}`, "utf8"),
    }));
  } finally {
    rmSync(log, { recursive: true, force: true });
  }
}

/** Text that is not from the page: its failure fails the test. */
function checked(text: string, name: string): string {
  if (text === "") return "";
  const quoted = name.replaceAll("'", "'\\''");
  return `{ ${text}\n} >&2 </dev/null || { echo 'failed: ${quoted}' >&2; exit 1; }`;
}

async function bash(
  script: string,
  { folder, env }: SessionOptions,
): Promise<{ readonly code: number | null; readonly errors: string }> {
  const child = spawn("bash", ["-c", script], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let errors = "";
  child.stderr.on("data", (data) => {
    errors += data;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    // Not `close`: a background process may keep the pipe open for longer.
    child.once("exit", (code) => resolve({ code, errors }));
  });
}
