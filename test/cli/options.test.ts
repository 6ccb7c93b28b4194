/** Every option of every command with unusual values. */
import type { Command, Option } from "commander";
import { expect, it } from "vitest";
import { EXIT } from "../../src/cli/command.ts";
import { createCommandLine } from "../../src/cli/command-line.ts";
import { runCommandLine } from "../../src/cli/main.ts";
import { createTestIo, temporaryFolder } from "../support/io.ts";

const { commands } = createCommandLine(createTestIo(), () => undefined);

/** The options that take a value, with their commands. */
const valued = commands.flatMap((command) =>
  command.options.filter((each) => each.required).map((option) => ({ command, option })),
);

/** A command line that is valid except for the option's value. */
function lineWith(command: Command, option: Option, value: string): readonly string[] {
  const required = command.registeredArguments.filter((each) => each.required);
  const args = required.map((each) => each.argChoices?.[0] ?? "gold.x");
  return [command.name(), ...args, `${option.long}=${value}`];
}

async function usageError(args: readonly string[]): Promise<string> {
  const io = createTestIo({ folder: temporaryFolder() });
  expect({ code: await runCommandLine(args, io), out: io.out() }).toEqual({ code: EXIT.usage, out: "" });
  return io.err();
}

it.each(valued.map(({ command, option }) => [`${command.name()} ${option.long}`, command, option] as const))(
  "%s refuses an empty value as one that an unset variable gives",
  async (_, command, option) => {
    for (const value of ["", " ", "\t"]) {
      const err = await usageError(lineWith(command, option, value));
      expect(err).toContain(`error: option '${option.flags}' argument '${value}' is invalid. The value is empty`);
    }
  },
);

const HOSTILE: Readonly<Record<string, readonly string[]>> = {
  "--limit": ["0", "-1", "1e9", "abc", "1.5", "0x10", "١", "1000000000", "NaN", " 1", "1_000"],
  "--offset": ["-1", "1e9", "abc", "1.5"],
  "--columns": [",", " , ,"],
  "--param": ["x", "=x", "=", "x="],
  "--select": ["+", "++", "tag:", "changed:", "+tag:+"],
  "--memory": ["much", "0GB", "0.0MB", "-1GB", "4", "4XB", "1e3GB", "4GB; DROP"],
  "--master": ["spark", "local[", "http://x", "spark://"],
  "--format": ["xml", "JSON", "text,json"],
  "--engine": ["Spark", "pandas"],
  "--adopt": ["x", "adf/pipeline", "//"],
  "--allow-destroy": ["orders", "gold.", "quarantine.silver.orders", "*"],
  "--ci": ["gitlab", "GitHub"],
};

it.each(
  valued.flatMap(({ command, option }) =>
    (HOSTILE[option.long ?? ""] ?? []).map((value) => [command.name(), option.long, value, command, option] as const),
  ),
)("%s %s refuses %j and says what it expects", async (_name, _long, value, command, option) => {
  const err = await usageError(lineWith(command, option, value));
  expect(err).toMatch(/argument '.*' is invalid\. (Expected .*\.|Allowed choices are .*\.)\n/);
});

it("the table of hostile values contains only existing options", () => {
  const known = new Set(valued.map(({ option }) => option.long));
  expect(Object.keys(HOSTILE).filter((each) => !known.has(each))).toEqual([]);
});

it("every command has a description, its own examples and its name in the help", async () => {
  const io = createTestIo();
  await runCommandLine([], io);
  for (const command of commands) {
    expect(io.out()).toMatch(new RegExp(`^  ${command.name()} +\\S`, "m"));
    const own = createTestIo();
    expect(await runCommandLine([command.name(), "--help"], own)).toBe(EXIT.ok);
    const [, examples = ""] = own.out().split("\nExamples:\n");
    expect(examples.match(/^ {2}medalc .*$/gm)?.length).toBeGreaterThan(0);
    for (const line of examples.match(/^ {2}medalc .*$/gm) ?? [])
      expect(`${line} `).toContain(`medalc ${command.name()} `);
  }
});
