/** Every command and option that the documentation mentions exists. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { createCommandLine } from "../../src/cli/command-line.ts";
import { createTestIo } from "../support/io.ts";
import { root } from "../support/paths.ts";

const { commands } = createCommandLine(createTestIo(), () => undefined);
const optionsOf = new Map(
  commands.map((command) => [
    command.name(),
    new Set(command.options.flatMap(({ long, short }) => [long ?? "", short ?? ""])).add("--help").add("-h"),
  ]),
);
// Handled before the command line is parsed.
optionsOf.set("help", new Set());
const scripts: Readonly<Record<string, string>> = JSON.parse(readFileSync(`${root}/package.json`, "utf8")).scripts;

const HISTORY = /^(CHANGELOG\.md|docs\/decisions\/)/;
const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md", "*.hbs"];
const pages = execFileSync("git", args, { cwd: root, encoding: "utf8" })
  .split("\0")
  .filter((path) => path !== "" && !HISTORY.test(path))
  .map((path) => ({ path, text: readFileSync(`${root}/${path}`, "utf8") }));

/** Code in a page: shell blocks, inline code, and whole templates. */
function codeOf(path: string, text: string): readonly string[] {
  if (path.endsWith(".hbs")) return text.split("\n");
  const blocks = [...text.matchAll(/^```(?:sh|console)\n(.*?)^```$/gms)].flatMap(([, block = ""]) =>
    block.split("\n").map((line) => line.replace(/\s# .*$/, "")),
  );
  const inline = [...text.replace(/^```.*?^```$/gms, "").matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code);
  return [...blocks, ...inline];
}

it("every command and option that a page mentions exists", () => {
  const problems: string[] = [];
  let count = 0;
  for (const { path, text } of pages) {
    for (const code of codeOf(path, text)) {
      for (const [, name = "", rest = ""] of code.matchAll(
        /(?:^\s*(?:\$ |run: |- script: )?|[;&|(] *|npx )medalc ([a-z][a-z-]*)\b([^;&|]*)/g,
      )) {
        const options = optionsOf.get(name);
        if (options === undefined) {
          problems.push(`${path}: no command ${name}: ${code}`);
          continue;
        }
        count++;
        for (const [, option = ""] of rest.matchAll(/(?:^|\s)(--?[a-zA-Z][a-z-]*)/g)) {
          if (!options.has(option)) problems.push(`${path}: medalc ${name} has no ${option}: ${code}`);
        }
      }
      for (const [, name = ""] of code.matchAll(/\bnpm run (?:-s |--silent )?([a-z][a-z:-]*)/g)) {
        if (scripts[name] === undefined) problems.push(`${path}: no script ${name}: ${code}`);
      }
    }
  }
  expect(problems).toEqual([]);
  expect(count).toBeGreaterThan(150);
});
