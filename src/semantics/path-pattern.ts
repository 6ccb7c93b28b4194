/**
 * Patterns of paths: `*` stands for any characters of a name, `**` for any folders, and `{month}` for the characters of a
 * name that a column can take with `load.month`.
 */

/** The fields of a load that do not come from a pattern: a placeholder cannot have their names. */
export const loadFields = ["at", "id", "file", "row"] as const;

const PART = /\*\*|\*|\{([^{}]*)\}|[^*{}]+|[{}]/g;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Whether a path stands for all files that match it, instead of one file. */
export function isPattern(path: string): boolean {
  return /[*{}]/.test(path);
}

/** The names in braces, in their order. */
export function placeholdersOf(path: string): readonly string[] {
  return [...path.matchAll(/\{([^{}]*)\}/g)].map(([, name = ""]) => name);
}

/** What is wrong with a pattern; undefined if nothing is. */
export function patternProblem(path: string): string | undefined {
  const names = placeholdersOf(path);
  const wrong = names.find((name) => !NAME.test(name));
  if (wrong !== undefined) return `{${wrong}} is not a name in braces`;
  if (/[{}]/.test(path.replace(/\{[^{}]*\}/g, ""))) return "a brace is not closed";
  const taken = names.find((name) => loadFields.some((field) => field === name));
  if (taken !== undefined) return `load.${taken} has another meaning, so {${taken}} needs another name`;
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) return `{${twice}} occurs twice`;
  if (/\}\{|\}\*|\*\{/.test(path)) return "where a value ends is unclear without a character between two placeholders";
  if (path.split("/").some((part) => part.includes("**") && part !== "**")) return "`**` stands for whole folders";
  // Spark ignores such files.
  if (path.split("/").some((part) => /^[_.]/.test(part))) return "a name that starts with `_` or `.` cannot be read";
  if (path.endsWith("**")) return "the last part must stand for the name of a file";
  return undefined;
}

/** Names that start like this are ignored by Spark, and so by all engines. */
const NOT_HIDDEN = "(?![_.])";

/** Matches the paths that a valid pattern stands for; its groups are the values of the placeholders. */
export function patternRegExp(path: string): RegExp {
  let before = "/";
  const source = [...path.replaceAll("**/", "**").matchAll(PART)].map(([part, name]) => {
    const start = /(\/|\*\*)$/.test(before) ? NOT_HIDDEN : "";
    before = part;
    if (name !== undefined) return `${start}(?<${name}>[^/]+?)`;
    if (part === "**") return `(?:${NOT_HIDDEN}[^/]+/)*`;
    if (part === "*") return `${start}[^/]*`;
    return part.replace(/[.+?^$()|[\]\\{}]/g, "\\$&");
  });
  return new RegExp(`^${source.join("")}$`, "u");
}

/** The folder that contains all files of a pattern, with a trailing slash; empty for the source's own folder. */
export function patternFolder(path: string): string {
  const fixed = path.slice(0, path.search(/[*{]/));
  return fixed.slice(0, fixed.lastIndexOf("/") + 1);
}
