/** A JSON object's members as they stand in the text. */

/**
 * The object with every value as a string: a string's characters, the digits of a number as they stand, `true` or
 * `false`, the text of a list or an object as it stands; null stays null. Of two members with one name the first counts.
 * Undefined where the line is no JSON object.
 */
export function jsonTexts(line: string): string | undefined {
  let whole: unknown;
  try {
    whole = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof whole !== "object" || whole === null || Array.isArray(whole)) return undefined;
  const members = new Map<string, string | null>();
  for (const { name, value } of membersOf(line)) {
    if (!members.has(name)) members.set(name, value);
  }
  return `{${[...members].map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(",")}}`;
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
