/** The mutants of an engine: every template that a vector uses, with each of its guards removed in turn. */
import { findFunction } from "../../src/functions/catalog.ts";
import type { DetailedTemplate, Engine, Overload, Template } from "../../src/functions/entry.ts";
import { signature } from "../../src/functions/signature.ts";
import type { Expr } from "../../src/semantics/typed.ts";
import { type Case, cases } from "../functions/cases.ts";
import { type Mutation, mutationsOf } from "./mutate.ts";
import { type AskedText, type Question, textOf } from "./text.ts";

export interface Mutant {
  readonly engine: Engine;
  /** The signature of the overload and its template. */
  readonly place: string;
  readonly template: string;
  /** Identifies it among the mutants of its place. */
  readonly key: string;
  readonly what: string;
  /** The mutated template; for changes of the printer itself there is none. */
  readonly mutated: string;
  /** The questions that may detect it. */
  readonly cases: readonly Case[];
  /** The code of a question under the mutant; on Spark, `index` separates the columns of one query. */
  readonly textOf: (asked: Question, index?: number) => AskedText;
}

export function catalogueMutants(engine: Engine): readonly Mutant[] {
  return [...Map.groupBy(cases.flatMap(callsOf), ({ key }) => key).values()].flatMap((calls) => {
    const [{ fn, overload: index } = { fn: "", overload: 0 }] = calls;
    const entry = findFunction(fn);
    const overload = entry?.overloads[index];
    if (entry === undefined || overload === undefined) return [];
    const place = signature(entry, overload);
    const asked = calls.map((each) => each.asked);
    const mutations = mutationsOfAll(templatesOf(overload, engine, asked));
    return [...mutations].map(([key, [template, { what, template: mutated }]]): Mutant => {
      const change = (found: Template): Template => mutationsByKey(detailed(found)).get(key)?.template ?? found;
      const printed = (question: Question, at?: number): AskedText =>
        withRendering(overload, engine, change, () => textOf(engine, question, at));
      return {
        engine,
        place,
        key,
        template: template.text,
        what,
        mutated: mutated.text,
        cases: asked,
        textOf: printed,
      };
    });
  });
}

interface Call {
  readonly key: string;
  readonly fn: string;
  readonly overload: number;
  readonly asked: Case;
}

/** The calls of the tested entry in a case, with their overloads, and all widenings. */
function callsOf(asked: Case): readonly Call[] {
  const found = [asked.expr, ...(asked.where ? [asked.where] : [])].flatMap(callsIn);
  const own = found.filter(({ fn }) => fn === asked.fn || fn === "widen");
  const keys = new Map(own.map(({ fn, overload }) => [`${fn} ${overload}`, { fn, overload }]));
  return [...keys].map(([key, call]) => ({ key, ...call, asked }));
}

function callsIn(expr: Expr): readonly { readonly fn: string; readonly overload: number }[] {
  if (expr.kind !== "call" && expr.kind !== "aggregate") return [];
  return [expr, ...expr.args.flatMap(callsIn)];
}

/**
 * The mutations of an overload by kind. A guard that a function of the catalogue writes into several templates (for
 * different types, for constants and columns, for each argument) counts as one and is removed from all of them.
 */
function mutationsOfAll(
  templates: readonly DetailedTemplate[],
): ReadonlyMap<string, readonly [DetailedTemplate, Mutation]> {
  const found = new Map<string, readonly [DetailedTemplate, Mutation]>();
  for (const template of templates) {
    for (const [key, mutation] of mutationsByKey(template)) if (!found.has(key)) found.set(key, [template, mutation]);
  }
  return found;
}

const known = new Map<string, ReadonlyMap<string, Mutation>>();

/** The mutations of one template, by kind and number of previous occurrences. */
function mutationsByKey(template: DetailedTemplate): ReadonlyMap<string, Mutation> {
  const name = JSON.stringify(template);
  const mutations = known.get(name) ?? keyed(mutationsOf(template));
  known.set(name, mutations);
  return mutations;
}

function keyed(mutations: readonly Mutation[]): ReadonlyMap<string, Mutation> {
  const found = new Map<string, Mutation>();
  for (const mutation of mutations) {
    const what = mutation.kind.replace(/\d+(\.\d+)?/g, "#");
    let times = 0;
    while (found.has(`${what} ${times}`)) times++;
    found.set(`${what} ${times}`, mutation);
  }
  return found;
}

/** The templates of an overload for the arguments of its vectors. */
function templatesOf(overload: Overload, engine: Engine, asked: readonly Case[]): readonly DetailedTemplate[] {
  const found = new Map<string, DetailedTemplate>();
  const note = (template: Template): Template => {
    const each = detailed(template);
    found.set(`${each.level} ${each.text}`, each);
    return template;
  };
  withRendering(overload, engine, note, () => {
    for (const each of asked) textOf(engine, each);
  });
  return [...found.values()];
}

/** Replaces a rendering of the catalogue, which is otherwise immutable, during one call. */
function withRendering<T>(
  overload: Overload,
  engine: Engine,
  change: (template: Template) => Template,
  use: () => T,
): T {
  const render = overload.render;
  const rendering = render[engine];
  const changed =
    typeof rendering === "function"
      ? (call: Parameters<typeof rendering>[0]) => change(rendering(call))
      : change(rendering);
  Object.assign(overload, { render: { ...render, [engine]: changed } });
  try {
    return use();
  } finally {
    Object.assign(overload, { render });
  }
}

function detailed(template: Template): DetailedTemplate {
  return typeof template === "string" ? { text: template, level: "operand" } : template;
}
