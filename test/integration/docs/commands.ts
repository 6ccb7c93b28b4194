/** Extracts the commands of the documentation, in the order of each page. */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { root } from "../../support/paths.ts";

export interface Command {
  /** As on the page, without a trailing comment. */
  readonly text: string;
  /** The line of the page, from 1. */
  readonly line: number;
  /** The command's output on the page, in a console block. */
  readonly output?: string;
}

/**
 * Not instructions: pages of diagnostics describe failures in other situations; decisions and the change log are
 * history.
 */
const NOT_FOLLOWED = /^(docs\/(diagnostics|decisions)\/|CHANGELOG\.md$)/;

/** Every page with commands to follow. */
export function pagesWithCommands(): ReadonlyMap<string, readonly Command[]> {
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"];
  const paths = execFileSync("git", args, { cwd: root, encoding: "utf8" }).split("\0");
  const pages = paths
    .filter((path) => path !== "" && !NOT_FOLLOWED.test(path))
    .map((path) => [path, commandsIn(readFileSync(`${root}/${path}`, "utf8"))] as const);
  return new Map(pages.filter(([, commands]) => commands.length > 0));
}

function commandsIn(page: string): readonly Command[] {
  const blocks = page.matchAll(/^```(sh|console)\n(.*?)^```$/gms);
  return [...blocks].flatMap(({ index, 1: language, 2: text = "" }) => {
    const first = page.slice(0, index).split("\n").length + 1;
    const lines = text.replace(/\n$/, "").split("\n");
    return language === "sh" ? commandsInScript(lines, first) : commandsInSession(lines, first);
  });
}

/** A command continues as long as the shell considers it incomplete. */
function commandsInScript(lines: readonly string[], first: number): readonly Command[] {
  const commands: Command[] = [];
  let open: string[] = [];
  for (const [index, line] of lines.entries()) {
    if (open.length === 0 && line.trim() === "") continue;
    open.push(line);
    const text = open.join("\n");
    if (!isComplete(text)) continue;
    commands.push({ text: withoutComment(text), line: first + index + 1 - open.length });
    open = [];
  }
  if (open.length > 0) throw new Error(`line ${first}: the shell does not take this block: ${open.join("\n")}`);
  return commands;
}

function isComplete(text: string): boolean {
  return !text.endsWith("\\") && spawnSync("bash", ["-n"], { input: text }).status === 0;
}

/** `$ command`, followed by its output. */
function commandsInSession(lines: readonly string[], first: number): readonly Command[] {
  const starts = lines.flatMap((line, index) => (line.startsWith("$ ") ? [index] : []));
  return starts.map((start, index) => ({
    text: withoutComment((lines[start] ?? "").slice(2)),
    line: first + start,
    output: lines.slice(start + 1, starts[index + 1]).join("\n"),
  }));
}

function withoutComment(text: string): string {
  return text.replace(/\s+# .*$/, "");
}
