/** The pages about Azure: each command is one that the CLIs know, and each permission is one that the doctor checks. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { accessIds, REQUIRED_ACCESS } from "../../src/codegen/shared/required-access.ts";
import { faultsOf } from "../codegen/synapse/judges.ts";
import { root } from "../support/paths.ts";
import { commandsIn, problemsOf } from "./shell-commands.ts";

const page = (name: string): string => readFileSync(`${root}/docs/${name}.md`, "utf8");
const blocks = (text: string, language: string): readonly string[] =>
  [...text.matchAll(/^```(\w+)[^\n]*\n(.*?)^```$/gms)].flatMap(([, kind, body = ""]) =>
    kind === language ? [body] : [],
  );

const AZURE = page("azure");

it.each(["azure", "ci", "databricks", "synapse"])("docs/%s.md has commands that the CLIs know", (name) => {
  const commands = blocks(page(name), "sh").flatMap(commandsIn);
  expect(commands.length).toBeGreaterThan(0);
  expect(commands.flatMap(problemsOf)).toEqual([]);
});

it("reads commands inside of commands, loops and functions", () => {
  expect(
    commandsIn(`for each in a b; do
  az group show --name "$each" --query 'a b'   # shown
done
ID=$(az ad sp show --id "$(az account show)") X=1
f() { az login; }
echo "a\\
b" | cat`),
  ).toEqual([
    ["az", "group", "show", "--name", "…", "--query", "a b"],
    ["az", "account", "show"],
    ["az", "ad", "sp", "show", "--id", "…"],
    ["az", "login"],
    ["echo", "ab"],
    ["cat"],
  ]);
});

it.each([
  ["az group make --name a", "unknown command"],
  ["az group create --name a", "missing flag --location"],
  ["az group create --name a --location b --hns true", "unknown flag --hns"],
  ["az role assignment create --role Reader --scope /s", "no assignee"],
  ["databricks grants update olist-lake --json '{}'", "1 arguments"],
  ["databricks grants update external_location olist-lake --json '{'", "not JSON"],
  ['az login "', "does not end"],
])("finds what is wrong with %s", (command, problem) => {
  expect(commandsIn(command).flatMap(problemsOf).join("\n")).toContain(problem);
});

it("has SQL that Microsoft's parser accepts", async () => {
  const batches = blocks(AZURE, "sql");
  expect(batches.length).toBeGreaterThan(0);
  expect(await faultsOf(batches)).toEqual([]);
});

it("lists every permission that a deployment or a run needs, and no other", () => {
  const rows = [...AZURE.matchAll(/^\| `([\w-]+)` \| [^|]+ \| ([^|]+) \| [^|]+ \| ([^|]+) \|$/gm)];
  const listed = rows.map(([, id, what, purpose]) => [id, what, purpose]);
  expect(listed).toEqual(
    accessIds().map((id) => {
      const access = REQUIRED_ACCESS[id];
      return [id, access.kind === "role" ? access.role : access.what, access.purpose];
    }),
  );
});

it("says who has to run each part", () => {
  const parts = AZURE.split(/^##+ /m).slice(1);
  const withoutWho = parts.filter((part) => /^```sh$/m.test(part) && !/\*Who: |administrator|The program/.test(part));
  expect(withoutWho.map((part) => part.split("\n")[0])).toEqual([]);
});
