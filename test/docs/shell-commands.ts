/** The commands of a shell script as lists of words, those inside of `$(…)` among them, and what the CLIs' own tables say against them. */
import { readFileSync } from "node:fs";
import { root } from "../support/paths.ts";

export type Words = readonly string[];

/** Stands for what a variable or a command puts in. */
const OPEN = "…";

export function commandsIn(script: string): readonly Words[] {
  const found: Words[] = [];
  const at = { index: 0 };
  read(script, at, found, undefined);
  return found.map(plain).filter((words) => words.length > 0);
}

/** Without assignments, and without the words of loops and functions around it. */
function plain(words: Words): Words {
  const [first = "", ...rest] = words;
  if (["do", "then", "if", "{", "!"].includes(first) || /^\w+(=|\(\)$)/.test(first)) return plain(rest);
  return ["for", "done", "fi", "}"].includes(first) ? [] : words;
}

/** Reads up to the closing parenthesis of a `$(`, or to the end. */
function read(text: string, at: { index: number }, found: Words[], until: ")" | undefined): void {
  let words: string[] = [];
  let word: string | undefined;
  let quote: "'" | '"' | undefined;
  const endWord = (): void => {
    if (word !== undefined) words.push(word);
    word = undefined;
  };
  const endCommand = (): void => {
    endWord();
    if (words.length > 0) found.push(words);
    words = [];
  };
  for (; at.index < text.length; at.index += 1) {
    const character = text[at.index] ?? "";
    if (quote === "'") {
      if (character === "'") quote = undefined;
      else word = (word ?? "") + character;
    } else if (character === "\\") {
      at.index += 1;
      const next = text[at.index] ?? "";
      if (next !== "\n") word = (word ?? "") + next;
    } else if (character === "$" && text[at.index + 1] === "(") {
      at.index += 2;
      read(text, at, found, ")");
      word = (word ?? "") + OPEN;
    } else if (character === "$" && /[\w{]/.test(text[at.index + 1] ?? "")) {
      const [name = ""] = /^\$(\w+|\{[^}]*\})/.exec(text.slice(at.index)) ?? [];
      at.index += name.length - 1;
      word = (word ?? "") + OPEN;
    } else if (quote === '"') {
      if (character === '"') quote = undefined;
      else word = (word ?? "") + character;
    } else if (character === "'" || character === '"') {
      quote = character;
      word ??= "";
    } else if (until !== undefined && character === until) {
      endCommand();
      return;
    } else if (character === "#" && word === undefined) {
      while (at.index + 1 < text.length && text[at.index + 1] !== "\n") at.index += 1;
    } else if (/[;&|\n]/.test(character)) endCommand();
    else if (/\s/.test(character)) endWord();
    else word = (word ?? "") + character;
  }
  if (quote !== undefined || until !== undefined) found.push(["unfinished", quote ?? until ?? ""]);
  endCommand();
}

interface Known {
  readonly flags: readonly string[];
  /** Of `az`: the aliases of each required flag. */
  readonly required?: readonly (readonly string[])[];
  /** Of `databricks`: the least and the largest number of arguments without a flag. */
  readonly positional?: readonly [number, number];
}

const tables: Readonly<Record<string, { readonly commands: Readonly<Record<string, Known>> }>> = JSON.parse(
  readFileSync(`${root}/test/docs/known-commands.json`, "utf8"),
);

const EVERYWHERE = ["--output", "-o", "--query", "--only-show-errors", "--subscription", "--profile"];
const SHORT: Readonly<Record<string, string>> = {
  "-n": "--name",
  "-g": "--resource-group",
  "-l": "--location",
  "-t": "--target",
};

/** What is wrong with a command of the Azure or the Databricks CLI; nothing for other programs. */
export function problemsOf(words: Words): readonly string[] {
  const [program = "", ...rest] = words;
  if (program === "unfinished") return [`the script does not end: ${rest.join(" ")}`];
  const table = tables[program]?.commands;
  if (table === undefined) return [];
  const line = words.join(" ");
  const name = rest.map((_, index) => rest.slice(0, rest.length - index).join(" ")).find((each) => table[each]);
  const known = name === undefined ? undefined : table[name];
  if (name === undefined || known === undefined) return [`unknown command: ${line}`];
  const given = rest.slice(name.split(" ").length).map((word) => SHORT[word] ?? word);
  const flags = given.filter((word) => word.startsWith("-")).map((word) => word.split("=")[0] ?? word);
  const isFlag = (word: string | undefined): boolean => word?.startsWith("-") === true;
  const alone = given.filter((word, index) => !isFlag(word) && !isFlag(given[index - 1])).length;
  const [least, most] = known.positional ?? [0, 0];
  const assigns = name === "role assignment create" || name === "synapse role assignment create";
  return [
    ...flags
      .filter((each) => ![...known.flags, ...EVERYWHERE].includes(each))
      .map((each) => `unknown flag ${each}: ${line}`),
    ...(known.required ?? [])
      .filter((aliases) => !aliases.some((each) => flags.includes(each)))
      .map(([flag]) => `missing flag ${flag}: ${line}`),
    ...(assigns && !flags.some((each) => each.startsWith("--assignee")) ? [`no assignee: ${line}`] : []),
    ...(alone < least || alone > most ? [`${alone} arguments: ${line}`] : []),
    ...given.flatMap((word, index) => (JSON_FLAGS.includes(given[index - 1] ?? "") ? jsonProblem(word, line) : [])),
  ];
}

const JSON_FLAGS = ["--json", "--body", "--properties"];

function jsonProblem(word: string, line: string): readonly string[] {
  if (word.startsWith("@")) return [];
  try {
    JSON.parse(word);
    return [];
  } catch {
    return [`not JSON: ${line}`];
  }
}
