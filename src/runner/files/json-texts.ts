/** A JSON object's members as they stand in the text. */

/**
 * The object with every value as a string: a string's characters, the digits of a number as they stand, `true` or
 * `false`, the text of a list or an object as it stands; null stays null. Of two members with one name the last counts.
 * Undefined where the line is no JSON object, or has an escape for half of a surrogate pair, which is no character.
 */
export function jsonTexts(line: string): string | undefined {
  const whole = parsed(line);
  if (typeof whole !== "object" || whole === null || Array.isArray(whole) || hasLoneSurrogate(line)) return undefined;
  const members = new Map<string, string | null>();
  for (const { name, value } of membersOf(line)) {
    members.set(name, value);
  }
  return `{${[...members].map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(",")}}`;
}

/** Undefined for what is no JSON. Errors are told apart by nothing, so their traces, which cost most, are left out. */
function parsed(line: string): unknown {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  } finally {
    Error.stackTraceLimit = limit;
  }
}

function hasLoneSurrogate(line: string): boolean {
  if (!/\\u[dD]/.test(line)) return false;
  const pair = /\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}/g;
  return /\\u[dD][89a-fA-F]/.test(line.replaceAll("\\\\", " ").replace(pair, " "));
}

/** The members of an object that is known to be valid JSON. */
function* membersOf(line: string): Generator<{ readonly name: string; readonly value: string | null }> {
  const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gy;
  token.lastIndex = line.search(/\S/);
  let depth = 0;
  let name: string | undefined;
  let start: number | undefined;
  for (let at = skipSpace(line, token.lastIndex); at < line.length; at = skipSpace(line, token.lastIndex)) {
    token.lastIndex = at;
    const text = token.exec(line)?.[0];
    if (text === undefined) throw new Error("a line that JSON.parse takes is no JSON");
    const closes = text === "}" || text === "]";
    if (depth === 1 && (text === "," || closes)) {
      if (name !== undefined && start !== undefined) yield { name, value: textOf(line.slice(start, at).trimEnd()) };
      name = undefined;
      start = undefined;
    } else if (depth === 1 && text !== ":") {
      if (name === undefined) name = JSON.parse(text);
      else start ??= at;
    }
    if (text === "{" || text === "[") depth++;
    if (closes) depth--;
  }
}

function skipSpace(line: string, from: number): number {
  let at = from;
  while (at < line.length && " \t\r\n".includes(line.charAt(at))) at++;
  return at;
}

function textOf(value: string): string | null {
  if (value === "null") return null;
  return value.startsWith('"') ? JSON.parse(value) : value;
}
