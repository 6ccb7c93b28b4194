import { spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { expect, it } from "vitest";
import { EXIT } from "../../src/cli/command.ts";
import { SHELLS, scripts } from "../../src/cli/completion/scripts.ts";
import { runCommandLine } from "../../src/cli/main.ts";
import { createTestIo, medalc, temporaryFolder } from "../support/io.ts";
import { root } from "../support/paths.ts";

const PROGRAM = `project shop { lake = adls { account: "shop", container: "shop" } }
source files = file { path: "in" }
bronze orders from files.csv("orders.csv") { id: int, name: string @pii, amount: decimal(10,2) @unit("EUR") }
gold totals { from bronze.orders group by name { total = sum(amount) } }
`;
const FILES = { "shop/shop.medal": PROGRAM, "shop/medal.json": '{"environments": {"dev": {}, "prod": {}}}' };

/** The candidates for the last word of a line. */
async function candidates(line: string, folder: string): Promise<readonly string[]> {
  const words = line.split(" ");
  const io = createTestIo({ folder });
  const args = ["__complete", `=${words.at(-1)}`, ...words.slice(0, -1)];
  expect(await runCommandLine(args, io)).toBe(EXIT.ok);
  expect(io.err()).toBe("");
  return io
    .out()
    .split("\n")
    .filter((each) => each !== "")
    .map((each) => each.split("\t")[0] ?? "");
}

it.each<[string, readonly string[]]>([
  ["sh", ["show"]],
  ["help comp", ["compile", "completion"]],
  ["check --w", ["--watch"]],
  ["check --watch --w", []],
  ["run --select gold.totals --sel", ["--select"]],
  ["run --engine ", ["duckdb", "spark"]],
  ["run --engine=s", ["--engine=spark"]],
  ["check --format s", ["sarif"]],
  ["explain unknown-c", ["unknown-column", "unknown-code"]],
  ["import ", ["adf"]],
  ["completion z", ["zsh"]],
  ["show ", ["bronze.orders", "gold.totals", "quarantine.gold.totals"]],
  ["show g", ["gold.totals"]],
  ["lineage gold.totals.", ["gold.totals.name", "gold.totals.total"]],
  ["show gold.totals --columns t", ["total"]],
  ["show gold.totals --columns name,t", ["name,total"]],
  ["run . --env ", ["local", "dev", "prod"]],
  ["run --select tag:", ["tag:pii", "tag:unit"]],
  ["run --select +g", ["+gold.totals"]],
  ["check ", []],
  ["compile --out ", []],
  ["nope ", []],
])("%s is completed by %j", async (line, expected) => {
  const folder = temporaryFolder(FILES);
  const found = await candidates(line, `${folder}/shop`);
  expect([...found].sort()).toEqual([...expected].sort());
});

it("candidates come from the program on the command line, even if it has errors", async () => {
  const folder = temporaryFolder({ ...FILES, "shop/wrong.medal": "gold broken {" });
  expect(await candidates("show --path shop gold.t", folder)).toEqual(["gold.totals"]);
  expect(await candidates("run shop --env d", folder)).toEqual(["dev"]);
  expect(await candidates("show gold.t", `${folder}/shop`)).toEqual(["gold.totals"]);
});

it.each(SHELLS)("%s gets a script on standard output, and how to install it beside", async (shell) => {
  const { code, out, err } = await medalc(`completion ${shell}`);
  expect({ code, out }).toEqual({ code: EXIT.ok, out: scripts[shell].script });
  expect(err).toContain("To install it: ");
});

it("exit 64 for another shell", async () => {
  expect((await medalc("completion tcsh")).err).toContain("Allowed choices are bash, zsh, fish, powershell.");
});

/** What bash offers after a typed line, in a shell with the script. */
function inBash(line: string, folder: string): readonly string[] {
  const bin = temporaryFolder({ medalc: `#!/bin/sh\nexec "${process.execPath}" "${root}/bin/medalc.js" "$@"\n` });
  chmodSync(`${bin}/medalc`, 0o755);
  // Like readline: splits words at COMP_WORDBREAKS.
  const script = `
    PATH="${bin}:$PATH"
    source <(medalc completion bash 2> /dev/null)
    COMP_LINE="$1"; COMP_POINT=\${#1}
    _medalc medalc
    printf '%s\\n' "\${COMPREPLY[@]}"
    complete -p medalc`;
  const { stdout, stderr } = spawnSync("bash", ["-c", script, "bash", line], { cwd: folder, encoding: "utf8" });
  expect(stderr).toBe("");
  expect(stdout).toContain("complete -o bashdefault -o default -F _medalc medalc");
  return stdout.split("\n").filter((each) => each !== "" && !each.startsWith("complete "));
}

it("bash completes words, and after = and : only the part that bash replaces", () => {
  const folder = `${temporaryFolder(FILES)}/shop`;
  expect(inBash("medalc sho", folder)).toEqual(["show"]);
  expect(inBash("medalc show ", folder)).toEqual(["bronze.orders", "gold.totals", "quarantine.gold.totals"]);
  expect(inBash("medalc run --env=", folder)).toEqual(["local", "dev", "prod"]);
  expect(inBash("medalc run --select tag:p", folder)).toEqual(["pii"]);
  expect(inBash("medalc check ", folder)).toEqual([]);
});
