/** Completion candidates for an unfinished command line. */
import type { Command, Option } from "commander";

export interface Candidate {
  readonly text: string;
  readonly description?: string;
}

/** Names from a program, loaded on demand. */
export interface Names {
  /** The relations of the program at a path. */
  tables(path: string): Promise<readonly string[]>;
  /** Those that have a quarantine. */
  quarantined(path: string): Promise<readonly string[]>;
  /** The columns of one of its tables. */
  columns(path: string, table: string): Promise<readonly string[]>;
  tags(path: string): Promise<readonly string[]>;
  environments(path: string): Promise<readonly string[]>;
  /** The codes of all diagnostics. */
  codes(): Promise<readonly string[]>;
}

/**
 * The candidates that start with the word `current`, given the words before it. Empty if the shell should complete
 * files.
 */
export async function candidates(
  current: string,
  before: readonly string[],
  program: Command,
  names: Names,
): Promise<readonly Candidate[]> {
  const all = await possible(current, before, program, names);
  return all.filter(({ text }) => text.startsWith(current) && SIMPLE.test(text));
}

/** Other texts would need quoting, which differs between shells. */
const SIMPLE = /^[\w.,:+@=/-]+$/;

async function possible(
  current: string,
  before: readonly string[],
  program: Command,
  names: Names,
): Promise<readonly Candidate[]> {
  const [name, ...words] = before;
  const commands = program.commands.map((each) => ({ text: each.name(), description: each.description() }));
  if (name === undefined) return current.startsWith("-") ? optionsOf(program, []) : [...commands, HELP];
  if (name === "help") return words.length === 0 ? commands : [];
  const command = program.commands.find((each) => each.name() === name);
  if (command === undefined) return [];

  const line = readLine(words, command);
  const [, flag, written] = /^(--[\w-]+)=(.*)$/s.exec(current) ?? [];
  const option = flag === undefined ? line.open : command.options.find(({ long }) => long === flag);
  if (option !== undefined) {
    const values = await valuesOf(option, written ?? current, line, names);
    const prefix = flag === undefined ? "" : `${flag}=`;
    return values.map((each) => ({ ...each, text: prefix + each.text }));
  }
  if (current.startsWith("-")) return optionsOf(command, line.given);
  const argument = command.registeredArguments[line.args.length];
  if (argument === undefined) return [];
  if (argument.argChoices !== undefined) return texts(argument.argChoices);
  if (argument.name() === "code") return texts(await names.codes());
  if (argument.name() !== "table") return [];
  const relations = await names.tables(line.path);
  const tables = texts(relations);
  if (command.name() === "show") {
    const quarantined = await names.quarantined(line.path);
    return [...tables, ...texts(quarantined.map((each) => `quarantine.${each}`))];
  }
  if (command.name() !== "lineage") return tables;
  const table = tables.find(({ text }) => current.startsWith(`${text}.`))?.text;
  return table === undefined
    ? tables
    : texts((await names.columns(line.path, table)).map((each) => `${table}.${each}`));
}

const HELP: Candidate = { text: "help", description: "describe a command" };

interface Line {
  readonly args: readonly string[];
  readonly given: readonly Option[];
  /** The option whose value is being completed. */
  readonly open: Option | undefined;
  /** The path of the program. */
  readonly path: string;
}

function readLine(words: readonly string[], command: Command): Line {
  const args: string[] = [];
  const given: Option[] = [];
  let open: Option | undefined;
  let path: string | undefined;
  for (const word of words) {
    if (open !== undefined) {
      if (open.long === "--path") path = word;
      open = undefined;
      continue;
    }
    if (!word.startsWith("-") || word === "-") {
      args.push(word);
      continue;
    }
    const [flag] = word.split("=");
    const option = command.options.find(({ long, short }) => long === flag || short === flag);
    if (option === undefined) continue;
    given.push(option);
    if (option.required && !word.includes("=")) open = option;
  }
  const at = command.registeredArguments.findIndex((each) => each.name() === "path");
  return { args, given, open, path: path ?? args[at] ?? "." };
}

function optionsOf(command: Command, given: readonly Option[]): readonly Candidate[] {
  const isOpen = (option: Option): boolean => !given.includes(option) || /repeatable/.test(option.description);
  return [
    ...command.options.filter((each) => isOpen(each) && !each.hidden),
    { long: "--help", description: "print help" },
  ]
    .filter(({ long }) => long !== undefined && long !== null)
    .map(({ long, description }) => ({ text: long ?? "", description }));
}

async function valuesOf(option: Option, written: string, line: Line, names: Names): Promise<readonly Candidate[]> {
  if (option.argChoices !== undefined) return texts(option.argChoices);
  switch (option.attributeName()) {
    case "env":
      return texts(await names.environments(line.path));
    case "allowDestroy":
      return texts(await names.tables(line.path));
    case "columns": {
      const table = line.args.find((each) => each.includes("."));
      const first = written.slice(0, written.lastIndexOf(",") + 1);
      return table === undefined ? [] : texts((await names.columns(line.path, table)).map((each) => first + each));
    }
    case "select": {
      const tables = await names.tables(line.path);
      const tags = (await names.tags(line.path)).map((each) => `tag:${each}`);
      const lead = written.startsWith("+") ? "+" : "";
      return texts([...tables, ...tags, "changed:"].map((each) => lead + each));
    }
    default:
      return [];
  }
}

function texts(list: readonly string[]): readonly Candidate[] {
  return list.map((text) => ({ text }));
}
