/** Every command in the documentation works, in the order of its page, and prints what the page shows. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { root } from "../../support/paths.ts";
import { type Command, pagesWithCommands } from "./commands.ts";
import { asShown } from "./expected-output.ts";
import { PAGES, type Page, type Rule } from "./pages.ts";
import { runSession } from "./session.ts";
import { workingCopy } from "./working-copy.ts";

// A page has up to twenty commands.
vi.setConfig({ testTimeout: 600_000 });

const pages = pagesWithCommands();
let clone = "";

beforeAll(() => {
  clone = workingCopy();
});
afterAll(() => rmSync(clone, { recursive: true, force: true }));

it("the table lists exactly the pages with commands", () => {
  expect(Object.keys(PAGES).sort()).toEqual([...pages.keys()].sort());
});

it.each(Object.entries(PAGES))("%s", async (path, page) => {
  const commands = pages.get(path) ?? [];
  const rules = commands.map((command) => ruleFor(page, command));
  for (const rule of page.rules ?? []) expect(rules, `a rule that meets no command: ${rule.command}`).toContain(rule);
  const run = commands.flatMap((command, index) => {
    const rule = rules[index];
    return rule?.notRun === undefined ? [{ command, ...(rule === undefined ? {} : { rule }) }] : [];
  });
  if (run.length === 0) return;

  const home = mkdtempSync(`${tmpdir()}/medalc-docs-`);
  try {
    mkdirSync(`${home}/bin`);
    mkdirSync(`${home}/project`);
    // A page that runs in the clone gets its own copy.
    const own = page.at === "clone" ? `${home}/clone` : clone;
    if (page.at === "clone") cpSync(clone, own, { recursive: true, verbatimSymlinks: true });
    symlinkSync(`${own}/bin/medalc.js`, `${home}/bin/medalc`);
    symlinkSync(process.execPath, `${home}/bin/node`);
    const outcomes = await runSession(
      run.map(({ command, rule }) => ({ command: textToRun(page, command, rule), before: rule?.before ?? "" })),
      {
        folder: page.at === "clone" ? own : `${home}/project`,
        setup: page.setup ?? "",
        env: {
          ...{
            HOME: home,
            ROOT: root,
            CLONE: own,
            STAND_INS: `${home}/stand-ins`,
            NO_COLOR: "1",
            npm_config_offline: "true",
          },
          PATH: page.at === "clone" ? (process.env.PATH ?? "") : `${home}/bin:${process.env.PATH}`,
        },
      },
    );
    for (const [index, { command, rule }] of run.entries()) {
      const { code, output } = outcomes[index] ?? { code: Number.NaN, output: "" };
      const place = `${path}:${command.line}: ${command.text}\n${output}`;
      expect(code, place).toBe(rule?.exits ?? 0);
      if (rule?.gives !== undefined) expect(output, place).toMatch(rule.gives);
      if (command.output !== undefined) {
        const there = [[/\/\S*\/stand-ins\b/g, "/tmp/olist"] as const, ...(page.shownAs ?? [])].reduce(
          (text, [from, to]) => text.replace(from, to),
          output,
        );
        expect(asShown(there, command.output), place).toBe(command.output);
      }
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});

function ruleFor({ rules = [] }: Page, { text, output }: Command): Rule | undefined {
  return rules.find(
    ({ command, shows }) =>
      (typeof command === "string" ? command === text : command.test(text)) &&
      (shows === undefined || output?.includes(shows) === true),
  );
}

function textToRun({ replace = [] }: Page, { text }: Command, rule: Rule | undefined): string {
  if (rule?.instead !== undefined) return rule.instead[0];
  return replace.reduce((replaced, [from, to]) => replaced.replace(from, to), text);
}
