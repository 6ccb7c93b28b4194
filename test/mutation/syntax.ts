/** A minimal parser of templates to remove parts of them: string literals, calls, parentheses, CASE, operators. */

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** `name(…)`; `method`: includes what precedes the dot. Without a name: parentheses. */
export interface Group extends Span {
  readonly name: string;
  /** The start of the name, or of the dot of a method. */
  readonly from: number;
  readonly args: readonly Span[];
}

export interface Branch extends Span {
  readonly value: Span;
}

export interface CaseExpression extends Span {
  readonly whens: readonly Branch[];
  readonly otherwise: Branch | undefined;
}

/** String literals: `'…'`, `E'…'`, `"…"`, `r"…"`, with their quotes. */
const TEXTS = /\b[Er]?'(?:[^']|'')*'|\br"[^"]*"|'(?:[^']|'')*'|"(?:[^"\\]|\\.)*"/g;
const PLACES = /\{[~^=]?\w+(?::\w+)?\}/g;

/** Failure messages: `'not int: ' || {0}` in `error('not int: ' || {0})`. No vector tests them. */
const MESSAGES = /(?<=error\()(?:[^()]|\((?:[^()]|\([^()]*\))*\))*(?=\))/g;

export function isMessage(template: string, { start }: Span): boolean {
  return [...template.matchAll(MESSAGES)].some(({ 0: text, index }) => start >= index && start < index + text.length);
}

export function textsIn(template: string): readonly Span[] {
  const texts = [...template.matchAll(TEXTS)].map(({ 0: text, index }) => ({ start: index, end: index + text.length }));
  return texts.filter((text) => !isMessage(template, text));
}

/** The template with string literals and placeholders blanked out, so that their content is not parsed as syntax. */
export function skeletonOf(template: string): string {
  const blank = (text: string): string => "_".repeat(text.length);
  return template.replace(MESSAGES, blank).replace(TEXTS, blank).replace(PLACES, blank);
}

export function groupsIn(template: string): readonly Group[] {
  const skeleton = skeletonOf(template);
  const opened: { start: number; commas: number[] }[] = [];
  const groups: Group[] = [];
  for (let at = 0; at < skeleton.length; at++) {
    const character = skeleton[at];
    if (character === "(" || character === "[") opened.push({ start: at, commas: [] });
    if (character === ",") opened.at(-1)?.commas.push(at);
    if (character !== ")" && character !== "]") continue;
    const { start, commas } = opened.pop() ?? { start: 0, commas: [] };
    if (character === "]") continue;
    const name = /(\.?[A-Za-z]\w*(?:\.[A-Za-z]\w*)*)?$/.exec(skeleton.slice(0, start))?.[0] ?? "";
    const isWord = /^(AND|OR|NOT|WHEN|THEN|ELSE|CASE|AS|IN|BETWEEN|FILTER|DISTINCT)$/.test(name);
    const bounds = [start, ...commas, at];
    const args = bounds.slice(1).map((end, index) => ({ start: (bounds[index] ?? start) + 1, end }));
    groups.push({
      name: isWord ? "" : name,
      from: isWord ? start : start - name.length,
      start,
      end: at + 1,
      args: args.filter((arg) => template.slice(arg.start, arg.end).trim() !== ""),
    });
  }
  return groups;
}

export function casesIn(template: string): readonly CaseExpression[] {
  const skeleton = skeletonOf(template);
  interface Open {
    readonly start: number;
    readonly words: { readonly word: string; readonly at: number }[];
  }
  const open: Open[] = [];
  const found: CaseExpression[] = [];
  for (const { 0: word, index } of skeleton.matchAll(/\b(CASE|WHEN|THEN|ELSE|END)\b/g)) {
    if (word === "CASE") open.push({ start: index, words: [] });
    else open.at(-1)?.words.push({ word, at: index });
    const last = word === "END" ? open.pop() : undefined;
    if (last !== undefined) found.push(caseOf(last.start, last.words));
  }
  return found;
}

function caseOf(start: number, words: readonly { readonly word: string; readonly at: number }[]): CaseExpression {
  const end = (words.at(-1)?.at ?? start) + "END".length;
  const until = (at: number): number => (words[at]?.at ?? end) - 1;
  const whens = words.flatMap(({ word, at }, index): readonly Branch[] => {
    if (word !== "WHEN") return [];
    const value = { start: (words[index + 1]?.at ?? at) + "THEN ".length, end: until(index + 2) };
    return [{ start: at, end: value.end, value }];
  });
  const last = words.findIndex(({ word }) => word === "ELSE");
  const at = words[last]?.at;
  if (at === undefined) return { start, end, whens, otherwise: undefined };
  const value = { start: at + "ELSE ".length, end: until(last + 1) };
  return { start, end, whens, otherwise: { start: at, end: value.end, value } };
}

/** The other end of the operand that ends, or starts, at a position of the skeleton. */
export function operandBefore(skeleton: string, at: number, ends: RegExp): number {
  return walk(skeleton, at - 1, -1, ends);
}

export function operandAfter(skeleton: string, at: number, ends: RegExp): number {
  return walk(skeleton, at, 1, ends);
}

function walk(skeleton: string, from: number, step: 1 | -1, ends: RegExp): number {
  const [opens, closes] = step === 1 ? ["([", ")]"] : [")]", "(["];
  let depth = 0;
  let cases = 0;
  for (let at = from; at >= 0 && at < skeleton.length; at += step) {
    const character = skeleton[at] ?? "";
    if (opens?.includes(character)) depth++;
    if (closes?.includes(character) && depth-- === 0) return step === 1 ? at : at + 1;
    if (depth > 0) continue;
    const rest = step === 1 ? skeleton.slice(at) : skeleton.slice(0, at + 1);
    const opening = step === 1 ? /^CASE\b/ : /\bEND$/;
    const closing = step === 1 ? /^END\b/ : /\bCASE$/;
    if (opening.test(rest)) cases++;
    if (closing.test(rest) && cases > 0) cases--;
    else if (cases === 0 && (character === "," || ends.test(rest))) return step === 1 ? at : at + 1;
  }
  return step === 1 ? skeleton.length : 0;
}
