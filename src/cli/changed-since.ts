/** Finds the tables whose meaning, not just their text, changed since a git revision. */
import { execFileSync } from "node:child_process";
import { check, plan } from "../compile.ts";
import { COMMAND_LINE } from "../config/environment.ts";
import { diagnostic } from "../diagnostics/diagnostic.ts";
import type { CompilerHost } from "../host.ts";
import type { Program } from "../plan/program.ts";
import type { ChangedSince, Selection } from "./select.ts";

/** Compares with the same files at a revision. Without changes nothing is selected, which is not an error. */
export function changedSince(program: Program, files: readonly string[], folder: string): ChangedSince {
  return (revision) => {
    const git = (...args: readonly string[]): string =>
      execFileSync("git", args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    try {
      git("rev-parse", "--verify", "--quiet", `${revision}^{commit}`);
    } catch {
      return unknown(revision, "it is not a revision of this repository");
    }
    const host: CompilerHost = {
      readFile(path) {
        try {
          return git("show", `${revision}:./${path}`);
        } catch {
          return undefined;
        }
      },
      listPrograms: () => [],
      isFolder: () => false,
    };
    const there = files.filter((file) => typeof host.readFile(file) === "string");
    const earlier = there.length === 0 ? undefined : plan(check(host, there));
    if (there.length > 0 && earlier === undefined) return unknown(revision, "the program has errors at this revision");
    return { tables: differences(earlier, program), diagnostics: [] };
  };
}

function unknown(revision: string, problem: string): Selection {
  return { tables: new Set(), diagnostics: [diagnostic("unknown-revision", COMMAND_LINE, { revision, problem })] };
}

function differences(earlier: Program | undefined, now: Program): ReadonlySet<string> {
  const before = earlier === undefined ? new Map<string, string>() : meanings(earlier);
  return new Set([...meanings(now)].filter(([name, text]) => before.get(name) !== text).map(([name]) => name));
}

/** Each table's plan as text, without locations and comments. */
function meanings(program: Program): ReadonlyMap<string, string> {
  const text = (plan: object): string =>
    JSON.stringify(plan, (key, value: unknown) => (key === "span" || key === "doc" ? undefined : value));
  return new Map([
    ...program.bronze.map((table) => [`bronze.${table.name}`, text(table)] as const),
    ...program.tables.map((table) => [`${table.layer}.${table.name}`, text(table)] as const),
  ]);
}
