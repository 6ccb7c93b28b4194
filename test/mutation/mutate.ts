/** Mutations of a template: each removes or weakens one of its guards. */
import type { DetailedTemplate, Level } from "../../src/functions/entry.ts";
import { casesIn, groupsIn, operandAfter, operandBefore, type Span, skeletonOf, textsIn } from "./syntax.ts";

/** A change and the resulting template. */
export interface Mutation {
  readonly what: string;
  /** The kind of the change, independent of its operand: the same in similar templates. */
  readonly kind: string;
  readonly template: DetailedTemplate;
}

interface Edit {
  readonly what: string;
  readonly kind?: string;
  readonly text: string;
}

export function mutationsOf(template: DetailedTemplate): readonly Mutation[] {
  const { text, level, constants } = template;
  const edits = [
    ...withoutCalls(text),
    ...withoutBranches(text),
    ...withoutConditions(text),
    ...withoutOperands(text),
    ...withOtherWords(text),
    ...withOtherNumbers(text),
    ...withShorterTexts(text),
    ...withoutMarks(text),
  ];
  const seen = new Set([text]);
  const changed = edits.flatMap((edit): readonly Mutation[] => {
    if (seen.has(edit.text)) return [];
    seen.add(edit.text);
    const { what, kind = what } = edit;
    return [{ what, kind, template: { ...template, text: edit.text } }];
  });
  const operand: Level = "operand";
  return [
    ...changed,
    ...(level === operand ? [] : [whole("no parentheses around it", { ...template, level: operand })]),
    ...(constants === undefined ? [] : [whole("constants as they are written", { text, level })]),
  ];
}

const whole = (what: string, template: DetailedTemplate): Mutation => ({ what, kind: what, template });

const cut = (text: string, { start, end }: Span, by = ""): string => text.slice(0, start) + by + text.slice(end);
const at = (text: string, { start, end }: Span): string => text.slice(start, end).trim();

/** `f(x, y)` to `x`, `x.f(y)` to `x`, `f(x, y)` to `f(x)`, `(x)` to `x`. */
function withoutCalls(text: string): readonly Edit[] {
  return groupsIn(text).flatMap((group): readonly Edit[] => {
    const { name, args, from, end, start } = group;
    const whole = { start: from, end };
    const [first] = args;
    if (first === undefined || name === "F.lit" || name === "Decimal" || name === "DECIMAL" || name === "float")
      return [];
    if (name === "") {
      const what = `no parentheses: ${at(text, whole)}`;
      return [{ what, kind: "no parentheses", text: cut(text, whole, at(text, first)) }];
    }
    const edits: Edit[] = [];
    if (name.startsWith(".")) edits.push({ what: `no ${at(text, whole)}`, kind: `no ${name}`, text: cut(text, whole) });
    else {
      const kept =
        name === "CAST" || name === "TRY_CAST"
          ? args.map((arg) => castOf(text, arg))
          : args.map((arg) => at(text, arg));
      const of = at(text, whole);
      const type = name.endsWith("CAST")
        ? / AS (\w+|\{type\})[^)]*\)?\)$/.exec(of)?.[1]?.replace(/^(HUGE|BIG)/, "")
        : "";
      for (const [index, arg] of kept.slice(0, 3).entries()) {
        const kind = `argument ${index} for ${name} ${type}`;
        edits.push({ what: `${arg} for ${of}`, kind, text: cut(text, whole, `(${arg})`) });
      }
    }
    const last = args.at(-1);
    if (args.length > 1 && last !== undefined) {
      const dropped = { start: last.start - 1, end: last.end };
      const what = `no argument${at(text, dropped)} of ${name}`;
      edits.push({ what, kind: `no last argument of ${name}`, text: cut(text, dropped) });
    }
    const opposite = OPPOSITE[name];
    if (opposite !== undefined) {
      edits.push({ what: `${opposite} for ${name}`, text: cut(text, { start: from, end: start }, opposite) });
    }
    return edits;
  });
}

/** Casts that return null on failure, and those that fail. */
const OPPOSITE: Readonly<Record<string, string>> = { TRY_CAST: "CAST", ".try_cast": ".cast" };

function castOf(text: string, arg: Span): string {
  const all = text.slice(arg.start, arg.end);
  return all.slice(0, all.lastIndexOf(" AS "));
}

/** A CASE without one of its branches, or reduced to one of its values. */
function withoutBranches(text: string): readonly Edit[] {
  return casesIn(text).flatMap(({ start, end, whens, otherwise }): readonly Edit[] => {
    const branches = otherwise === undefined ? whens : [...whens, otherwise];
    const without = branches.flatMap((branch): readonly Edit[] => {
      if (branch !== otherwise && whens.length === 1) return [];
      const kind = branch === otherwise ? "no ELSE" : "no WHEN";
      return [{ what: `no ${at(text, branch)}`, kind, text: cut(text, { start: branch.start, end: branch.end + 1 }) }];
    });
    const alone = branches.map((branch): Edit => {
      const value = at(text, branch.value);
      const kind = branch === otherwise ? "always ELSE" : "always THEN";
      return { what: `${value} whatever the case`, kind, text: cut(text, { start, end }, `(${value})`) };
    });
    return [...without, ...alone];
  });
}

const CONDITION_ENDS = /^( (AND|OR) | [&|] | ?(WHEN|THEN|ELSE|END)\b)/;
const CONDITION_STARTS = /( (AND|OR) | [&|] |\b(WHEN|THEN|ELSE) )$/;

/** `a AND b` to `a` and to `b`; not the AND of BETWEEN. */
function withoutConditions(text: string): readonly Edit[] {
  const skeleton = skeletonOf(text);
  return [...skeleton.matchAll(/ (AND|OR|&|\|) /g)].flatMap(({ 0: word, index }): readonly Edit[] => {
    const start = operandBefore(skeleton, index, CONDITION_STARTS);
    const before = { start, end: index };
    const after = { start: index + word.length, end: operandAfter(skeleton, index + word.length, CONDITION_ENDS) };
    if (/\bBETWEEN\b/.test(skeleton.slice(start, index)) && word === " AND ") return [];
    return [
      {
        what: `no ${at(text, before)}${word}…`,
        kind: `no left of${word}`,
        text: cut(text, { start: before.start, end: after.start }),
      },
      {
        what: `no …${word}${at(text, after)}`,
        kind: `no right of${word}`,
        text: cut(text, { start: before.end, end: after.end }),
      },
    ];
  });
}

const OPERAND_ENDS = /^(\s(?![\d_])|\s\w+\b(?=\s))/;

/** `a + b` to `a`. */
function withoutOperands(text: string): readonly Edit[] {
  const skeleton = skeletonOf(text);
  return [...skeleton.matchAll(/ (\+|-|\*|\/\/?|%|\|\|) /g)].map(({ 0: operator, index }): Edit => {
    const end = operandAfter(skeleton, index + operator.length, OPERAND_ENDS);
    const dropped = { start: index, end };
    return { what: `no ${at(text, dropped)}`, kind: `no${operator}…`, text: cut(text, dropped) };
  });
}

/** Words and operators with a weaker alternative. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/\bNOT (?!NULL)/g, ""],
  [/~(?=_|F\.|\()/g, ""],
  [/\bIS NOT NULL/g, "IS NULL"],
  [/ < /g, " <= "],
  [/ <= /g, " < "],
  [/ > /g, " >= "],
  [/ >= /g, " > "],
  [/ == /g, " >= "],
  [/ = /g, " >= "],
  [/ <> /g, " > "],
  [/ != /g, " > "],
  [/\bDISTINCT /g, ""],
  [/(?<=[(,] ?)-(?=_|\d)/g, ""],
];

function withOtherWords(text: string): readonly Edit[] {
  const skeleton = skeletonOf(text);
  return WORDS.flatMap(([word, other]) =>
    [...skeleton.matchAll(word)].map(({ 0: found, index }): Edit => {
      const what = other === "" ? `no ${found.trim()}` : `${other.trim()} for ${found.trim()}`;
      return { what, text: cut(text, { start: index, end: index + found.length }, other) };
    }),
  );
}

/** Limits and factors incremented by one, except digits of types. */
function withOtherNumbers(text: string): readonly Edit[] {
  const skeleton = skeletonOf(text);
  return [...skeleton.matchAll(/(?<![\w.])\d+(\.\d+)?(?![\w.])/g)].flatMap(({ 0: digits, index }): readonly Edit[] => {
    if (/DECIMAL\((\d+, )?$/.test(skeleton.slice(0, index))) return [];
    const more = digits.includes(".") ? `${digits}9` : String(BigInt(digits) + 1n);
    return [{ what: `${more} for ${digits}`, text: cut(text, { start: index, end: index + digits.length }, more) }];
  });
}

/** The elements of patterns: escapes, classes, groups, characters, each with its quantifier. */
const PIECES = /(\\x..|\\.|\[(?:\\.|[^\]])*\]|\(\?![^)]*\)|\{\d+\}|[^\\])[?+*]?/gs;

/** Patterns, character lists, formats and separators without one of their elements. */
function withShorterTexts(text: string): readonly Edit[] {
  return textsIn(text).flatMap((span): readonly Edit[] => {
    const own = text.slice(span.start, span.end);
    const inner = { start: span.start + own.search(/['"]/) + 1, end: span.end - 1 };
    const content = text.slice(inner.start, inner.end);
    if (/^(decimal|bigint|double|int|date|timestamp|string|YEAROFWEEK)/.test(content)) return [];
    const day = /^\d{4}-\d\d-\d\d/.test(content) ? nextTo(content) : undefined;
    if (day !== undefined) return [{ what: `${day} for ${content}`, text: cut(text, inner, day) }];
    return [...content.matchAll(PIECES)].map(({ 0: piece, index }): Edit => {
      const dropped = { start: inner.start + index, end: inner.start + index + piece.length };
      return { what: `no ${JSON.stringify(piece)} in ${own}`, text: cut(text, dropped) };
    });
  });
}

/** A limit of dates or timestamps, closer by one day or microsecond. */
function nextTo(limit: string): string {
  const last = Number(limit.at(-1));
  return limit.slice(0, -1) + (limit.startsWith("9999") && last > 0 ? last - 1 : last + 1);
}

/** An argument without its widening in all places; an aggregate without its filter. */
function withoutMarks(text: string): readonly Edit[] {
  const places = [...text.matchAll(/\{[\^=]?(\d|args|rest|filter|rows)(?::\w+)?\}/g)];
  return places.map(({ 0: place, 1: name }): Edit => {
    if (name === "filter") return { what: "no filter", text: text.replaceAll(place, "") };
    if (name === "rows") return { what: "all rows", text: text.replaceAll(place, '"*"') };
    if (place.startsWith("{^")) return { what: "{~…} for {^…}", text: text.replaceAll("{^", "{~") };
    const bare = place.replace(/\{=?/, "{~");
    return { what: `${bare} for ${place}`, kind: `{~} for ${place[1]}`, text: text.replaceAll(place, bare) };
  });
}
