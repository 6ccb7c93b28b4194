/** Python and ruff on what the compiler emits. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { python } from "../../support/python.ts";

type Files = Readonly<Record<string, string>>;

export interface Judged {
  /** Every text constant there is. */
  readonly texts: readonly string[];
  /** What is called, as it is written: `lake.write`, `F.col`. */
  readonly calls: readonly string[];
  /** The syntax tree, without what its names and texts are made of. */
  readonly shape: string;
}

/** What Python reads in each file; throws where one is no Python. */
export async function pythonReads(files: Files): Promise<ReadonlyMap<string, Judged>> {
  const judge = fileURLToPath(new URL("judge.py", import.meta.url));
  const { code, output } = await run(await python(), [judge], JSON.stringify(files));
  if (code !== 0) throw new Error(output);
  return new Map(Object.entries<Judged>(JSON.parse(output)));
}

const RULES = "E,F,W,I,B,C4,N,PIE,PL,RET,RUF,SIM,UP";
/** `F` and `T` are how PySpark's modules are called everywhere; numbers in a program mean what they say. */
const NOT_ASKED = "N812,PLR2004";
/** What Databricks has in every notebook, and what `%run` brings. */
const BUILTINS = ["spark", "dbutils", "display", "Lake"];

/** What ruff's linter finds, a line each; `ignore` more rules. */
export function lintFaults(files: Files, ignore: readonly string[] = []): Promise<string> {
  const rules = ["--select", RULES, "--ignore", [NOT_ASKED, ...ignore].join()];
  const builtins = `builtins = ${JSON.stringify(BUILTINS)}`;
  return ruff(files, ["check", ...rules, "--config", builtins, "--output-format", "concise", "--quiet"]);
}

/** What ruff's formatter would change, as a diff. */
export function formatFaults(files: Files): Promise<string> {
  return ruff(files, ["format", "--diff", "--quiet"]);
}

async function ruff(files: Files, args: readonly string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "medal-ruff-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const common = ["--isolated", "--no-cache", "--config", "line-length = 120", "--target-version", "py312"];
    const { output } = await run(await python(), ["-m", "ruff", ...args, ...common, folder], "");
    return output.replaceAll(`${folder}/`, "");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(
  command: string,
  args: readonly string[],
  input: string,
): Promise<{ readonly code: unknown; readonly output: string }> {
  return new Promise((resolve) => {
    const child = execFile(command, args, { maxBuffer: 1 << 28 }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, output: error ? stdout + stderr : stdout }),
    );
    child.stdin?.end(input);
  });
}
