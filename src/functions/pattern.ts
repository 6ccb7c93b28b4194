/**
 * Parses regular expressions in the common subset of Java (Spark) and RE2 (DuckDB), and translates them to both.
 *
 * Allowed: characters, `.`, classes `[a-z]`, `\d \w \s` and their complements, groups, alternatives, `* + ? {n,m}` and
 * their lazy forms, `^ $ \A \z \b`, and `(?i)` at the start for ASCII letters. Not allowed: look-around, back
 * references, named groups, possessive quantifiers, and whatever the engines interpret differently. The translation
 * makes `\d \w \s \b` ASCII-only, `$` the very end, and `.` every character except the line feed.
 */

export interface Pattern {
  readonly duckdb: string;
  readonly spark: string;
  /** The number of capturing groups. */
  readonly groups: number;
  readonly matchesEmpty: boolean;
}

/** A part of a pattern in both dialects. */
interface Part {
  readonly duckdb: string;
  readonly spark: string;
  readonly empty: boolean;
  /** The maximum number of repetitions of its innermost part, for RE2's limit. */
  readonly repeats: number;
}

const MAX_REPEATS = 1000;
const MAX_GROUPS = 9;
const WORD = "[0-9A-Za-z_]";
const SPACE = "\\t-\\r ";

/** The pattern in both dialects, or a description of the problem. */
export function parsePattern(source: string): Pattern | string {
  return createParser(source).parse();
}

function createParser(source: string) {
  const ignoreCase = source.startsWith("(?i)");
  const characters = [...source.slice(ignoreCase ? 4 : 0)];
  let at = 0;
  let groups = 0;
  let dots = false;
  let problem: string | undefined;

  /** Keeps only the first problem; later ones may follow from it. */
  function refuse(reason: string): Part {
    problem ??= reason;
    return same("", false);
  }

  const peek = (): string | undefined => characters[at];
  const take = (): string | undefined => characters[at++];
  const taken = (character: string): boolean => {
    if (peek() !== character) return false;
    at++;
    return true;
  };

  function parse(): Pattern | string {
    const whole = alternatives();
    if (at < characters.length) refuse("unmatched `)`");
    if (groups > MAX_GROUPS) refuse(`the pattern has more than ${MAX_GROUPS} groups`);
    if (problem !== undefined) return problem;
    const flags = `${dots ? "d" : ""}${ignoreCase ? "i" : ""}`;
    const spark = flags === "" ? whole.spark : `(?${flags})${whole.spark}`;
    return { duckdb: whole.duckdb, spark, groups, matchesEmpty: whole.empty };
  }

  function alternatives(): Part {
    const parts = [sequence()];
    while (taken("|")) parts.push(sequence());
    return {
      duckdb: parts.map((part) => part.duckdb).join("|"),
      spark: parts.map((part) => part.spark).join("|"),
      empty: parts.some((part) => part.empty),
      repeats: Math.max(...parts.map((part) => part.repeats)),
    };
  }

  function sequence(): Part {
    let whole: Part = same("", true);
    for (let next = peek(); next !== undefined && next !== "|" && next !== ")"; next = peek()) {
      const part = quantified();
      whole = {
        duckdb: whole.duckdb + part.duckdb,
        spark: whole.spark + part.spark,
        empty: whole.empty && part.empty,
        repeats: Math.max(whole.repeats, part.repeats),
      };
    }
    return whole;
  }

  function quantified(): Part {
    const anchor = parseAnchor();
    if (anchor) {
      if (/[*+?{]/.test(peek() ?? "")) refuse("an anchor cannot be repeated");
      return anchor;
    }
    const before = groups;
    const part = atom();
    const quantifier = parseQuantifier();
    if (quantifier === undefined) return part;
    // Java does not reset such a group when it backtracks.
    if (groups > before && quantifier.text !== "?") refuse("a repeated group must be non-capturing, `(?:`");
    if (part.empty) refuse("a repeated part must not match the empty string");
    const repeats = part.repeats * quantifier.count;
    if (repeats > MAX_REPEATS) refuse(`a part is repeated more than ${MAX_REPEATS} times`);
    const lazy = taken("?") ? "?" : "";
    if (/[*+?{]/.test(peek() ?? "")) refuse("a quantifier follows another");
    return {
      duckdb: part.duckdb + quantifier.text + lazy,
      spark: part.spark + quantifier.text + lazy,
      empty: quantifier.least === 0,
      repeats,
    };
  }

  function parseAnchor(): Part | undefined {
    if (taken("^")) return same("^", true);
    if (taken("$")) return { duckdb: "$", spark: "\\z", empty: true, repeats: 1 };
    if (peek() !== "\\") return undefined;
    const escaped = characters[at + 1];
    if (escaped === "A" || escaped === "z") {
      at += 2;
      return same(`\\${escaped}`, true);
    }
    if (escaped !== "b") return undefined;
    at += 2;
    const spark = `(?:(?<=${WORD})(?!${WORD})|(?<!${WORD})(?=${WORD}))`;
    return { duckdb: "\\b", spark, empty: true, repeats: 1 };
  }

  function parseQuantifier(): { text: string; least: number; count: number } | undefined {
    if (taken("*")) return { text: "*", least: 0, count: 1 };
    if (taken("+")) return { text: "+", least: 1, count: 1 };
    if (taken("?")) return { text: "?", least: 0, count: 1 };
    if (peek() !== "{") return undefined;
    const close = characters.indexOf("}", at);
    const text = close === -1 ? "" : characters.slice(at, close + 1).join("");
    const bounds = /^\{(\d{1,4})(,(\d{1,4})?)?\}$/.exec(text);
    if (bounds === null) {
      refuse("`{` does not start a quantifier; escape it as `\\{`");
      at = characters.length;
      return undefined;
    }
    at = close + 1;
    const least = Number(bounds[1]);
    const most = Number(bounds[3] ?? bounds[1]);
    if (most < least) refuse("the maximum of a quantifier is below its minimum");
    return { text, least, count: Math.max(most, 1) };
  }

  function atom(): Part {
    const character = take();
    switch (character) {
      case undefined:
        return refuse("the pattern ends too early");
      case "(":
        return group();
      case "[":
        return characterClass();
      case ".":
        dots = true;
        return same(".", false);
      case "\\":
        return escapedAtom();
      case "*":
      case "+":
      case "?":
        return refuse(`\`${character}\` has nothing to repeat`);
      case "{":
      case "}":
      case "]":
        return refuse(`\`${character}\` must be escaped as \`\\${character}\``);
      default:
        return plain(character);
    }
  }

  function group(): Part {
    const numbered = peek() !== "?";
    if (numbered) groups++;
    else if (characters[at + 1] === ":") at += 2;
    else refuse("`(?` is not supported by every engine; use `(?:` for a non-capturing group");
    const inner = alternatives();
    if (!taken(")")) refuse("unclosed `(`");
    const open = numbered ? "(" : "(?:";
    return { ...inner, duckdb: `${open}${inner.duckdb})`, spark: `${open}${inner.spark})` };
  }

  function escapedAtom(): Part {
    const character = take();
    switch (character) {
      case undefined:
        return refuse("the pattern ends in a backslash");
      case "s":
        return same(`[${SPACE}]`, false);
      case "S":
        return same(`[^${SPACE}]`, false);
      case "d":
      case "D":
      case "w":
      case "W":
      case "t":
      case "n":
      case "r":
      case "f":
        return same(`\\${character}`, false);
      default:
        return isMark(character)
          ? same(`\\${character}`, false)
          : refuse(`\`\\${character}\` is not supported by every engine`);
    }
  }

  function characterClass(): Part {
    const negated = taken("^") ? "^" : "";
    let items = "";
    let folded = "";
    for (let first = take(); first !== "]"; first = take()) {
      if (first === undefined) return refuse("unclosed `[`");
      const from = classItem(first);
      items += from.text;
      const ranges = peek() === "-" && characters[at + 1] !== "]";
      if (!ranges) {
        folded += otherCase(from.character, from.character);
        continue;
      }
      at++;
      const to = classItem(take() ?? "");
      items += `-${to.text}`;
      folded += otherCase(from.character, to.character);
      if (from.character === undefined || to.character === undefined)
        return refuse("a range must go from one character to another");
      if (codePoint(from.character) > codePoint(to.character)) return refuse("a range ends before its start");
      if (peek() === "-" && characters[at + 1] !== "]") return refuse("escape `-` in the middle of a class as `\\-`");
    }
    if (items === "") return refuse("a class is empty; escape `]` in a class as `\\]`");
    const spark = `[${negated}${items}]`;
    return { duckdb: ignoreCase ? `[${negated}${items}${folded}]` : spark, spark, empty: false, repeats: 1 };
  }

  /** An item of a class; a set of characters has no `character`. */
  function classItem(first: string): { text: string; character: string | undefined } {
    if (first === "[" || first === "&" || first === "^") refuse(`escape \`${first}\` in a class as \`\\${first}\``);
    if (first !== "\\") return { text: first, character: first };
    const escaped = take() ?? "";
    if (escaped === "s") return { text: SPACE, character: undefined };
    if (/^[dDwW]$/.test(escaped)) return { text: `\\${escaped}`, character: undefined };
    const control = { t: "\t", n: "\n", r: "\r", f: "\f" }[escaped];
    if (control === undefined && !isMark(escaped))
      refuse(`\`\\${escaped}\` in a class is not supported by every engine`);
    return { text: `\\${escaped}`, character: control ?? escaped };
  }

  /** RE2 also folds non-ASCII letters, which Java does not, so each ASCII letter is written in both cases. */
  function plain(character: string): Part {
    const letter = ignoreCase && /[A-Za-z]/.test(character);
    const duckdb = letter ? `[${character.toLowerCase()}${character.toUpperCase()}]` : character;
    return { duckdb, spark: character, empty: false, repeats: 1 };
  }

  return { parse };
}

function same(text: string, empty: boolean): Part {
  return { duckdb: text, spark: text, empty, repeats: 1 };
}

function isMark(character: string): boolean {
  return /^[!-/:-@[-`{-~]$/.test(character);
}

function codePoint(character: string): number {
  return character.codePointAt(0) ?? 0;
}

/** The ASCII letters of a range in the opposite case, as items of a class. */
function otherCase(from: string | undefined, to: string | undefined): string {
  if (from === undefined || to === undefined) return "";
  const overlap = (low: string, high: string, shift: number): string => {
    const start = Math.max(codePoint(from), codePoint(low));
    const end = Math.min(codePoint(to), codePoint(high));
    return start > end ? "" : `${String.fromCodePoint(start + shift)}-${String.fromCodePoint(end + shift)}`;
  };
  return overlap("a", "z", -32) + overlap("A", "Z", 32);
}

/**
 * The replacement in both dialects, or a description of the problem. `\1` is a group, `\0` the match, `\\` a backslash.
 */
export function parseReplacement(source: string, groups: number): { duckdb: string; spark: string } | string {
  let spark = "";
  for (let at = 0; at < source.length; at++) {
    const character = source[at];
    if (character !== "\\") {
      spark += character === "$" ? "\\$" : character;
      continue;
    }
    const next = source[++at] ?? "";
    if (next === "\\") spark += "\\\\";
    else if (/[0-9]/.test(next) && Number(next) <= groups) spark += `$${next}`;
    else
      return /[0-9]/.test(next)
        ? `the pattern has no group ${next}`
        : "escape a backslash in the replacement as `\\\\`";
  }
  return { duckdb: source, spark };
}
