/** Parsers of T-SQL that we did not write: sqlfluff's, and Microsoft's where `../shared` is there. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { recordAbsentJudge, sharedPath } from "../../support/judges.ts";
import { root } from "../../support/paths.ts";
import { python } from "../../support/python.ts";

/** What the judges have against batches, each with one statement; nothing where they accept them all. */
export async function faultsOf(batches: readonly string[]): Promise<readonly string[]> {
  return [...(await faultsBySqlfluff(batches)), ...(await faultsByMicrosoft(batches))];
}

/** sqlfluff does not know names with brackets in them: those are Microsoft's alone to judge. */
async function faultsBySqlfluff(batches: readonly string[]): Promise<readonly string[]> {
  const known = batches.filter((batch) => !/\]\]|\[[^\]]*\[/.test(batch));
  const command = `${root}/test/codegen/synapse/parse_tsql.py`;
  const faults: readonly string[] = JSON.parse(await run(await python(), [command], JSON.stringify(known)));
  return faults.flatMap((fault, index) => (fault === "" ? [] : [`${fault}\n${known[index]}`]));
}

async function faultsByMicrosoft(batches: readonly string[]): Promise<readonly string[]> {
  const judge = sharedPath("tools/tsql_parse.py");
  if (judge === undefined) {
    recordAbsentJudge("Microsoft's T-SQL parser (../shared/tools/tsql_parse.py)");
    return [];
  }
  const folder = mkdtempSync(`${tmpdir()}/medal-tsql-`);
  try {
    const file = `${folder}/script.sql`;
    writeFileSync(file, batches.map((batch) => `${batch}GO\n`).join(""));
    return (await run(await python(), [judge, file], "")).split("\n").filter((line) => line !== "");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What a command prints; exit code 1 is how a judge says that it found something. */
function run(command: string, args: readonly string[], input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(command, args, { maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (error && error.code !== 1) reject(new Error(`${args[0]}: ${stderr}`));
      else if (error && stdout === "") reject(new Error(`${args[0]}: ${stderr}`));
      else resolve(stdout);
    });
    child.stdin?.end(input);
  });
}
