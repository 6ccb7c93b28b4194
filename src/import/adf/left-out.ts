/**
 * What a factory has and a program does not: nothing is left out without a notice. Each kind of object that is never taken
 * over has its entry here; of the others, those that nothing uses are listed.
 */
import type { Copies } from "./copies.ts";
import type { Factory, FactoryObject, Folder } from "./factory.ts";
import { leftOut, type Notice } from "./findings.ts";
import { get, isObject, type Node, properties, text } from "./json.ts";

/** What is said of each object of a kind that is never taken over. */
const NEVER: Readonly<Partial<Record<Folder, (name: string, type: string) => string>>> = {
  dataflow: (name) => `the data flow ${name}: what it computes is written as silver and gold tables`,
  integrationRuntime: (name, type) =>
    `the integration runtime ${name}${kind(type)}: a deployment uses the one that the factory has`,
  credential: (name, type) =>
    `the credential ${name}${kind(type)}: a program signs in by managed identity or Key Vault`,
  managedVirtualNetwork: (name) => `the managed virtual network ${name}: a program has no words for networks`,
  managedPrivateEndpoint: (name) => `the private endpoint ${name}: a program has no words for networks`,
  adfcdc: (name) => `the change data capture ${name}: a program reads a source whole or by a column that grows`,
};

function kind(type: string): string {
  return type === "" ? "" : ` (${type})`;
}

export function neverTakenOver({ objects }: Factory): readonly Notice[] {
  return Object.entries(NEVER).flatMap(([folder, message]) =>
    objects[folder as Folder].map(({ name, node }) => leftOut(node, message(name, text(get(node, "type")) ?? ""))),
  );
}

/** Settings of the factory itself: all but its global parameters, see `unusedGlobals`. */
export function factorySettings({ objects }: Factory): readonly Notice[] {
  return objects.factory.flatMap(({ node }) =>
    properties(node)
      .filter(([name]) => name !== "globalParameters")
      .map(([name, value]) => leftOut(value, `the setting ${name} of the factory`)),
  );
}

/** Global parameters that no expression of any object names. A name that is computed may be that of any. */
export function unusedGlobals({ objects }: Factory): readonly Notice[] {
  const texts = Object.entries(objects)
    .filter(([folder]) => folder !== "factory")
    .flatMap(([, list]) => list.flatMap(({ node }) => [...textsIn(node.value)]))
    .filter((each) => /globalParameters/i.test(each));
  if (texts.some((each) => /globalParameters\s*\??\s*\[(?!\s*')/i.test(each))) return [];
  const used = new Set(
    texts.flatMap((each) =>
      [...each.matchAll(/globalParameters\s*\??\s*(?:\.\s*(\w+)|\[\s*'([^']*)'\s*\])/gi)].map(([, plain, quoted]) =>
        (plain ?? quoted ?? "").toLowerCase(),
      ),
    ),
  );
  return objects.factory.flatMap(({ node }) =>
    properties(get(node, "globalParameters"))
      .filter(([name]) => !used.has(name.toLowerCase()))
      .map(([name, value]) => leftOut(value, `the global parameter ${name}: nothing uses it`)),
  );
}

function* textsIn(value: unknown): Generator<string> {
  if (typeof value === "string") yield value;
  else if (typeof value === "object" && value !== null) for (const each of Object.values(value)) yield* textsIn(each);
}

/**
 * Objects that no other refers to, and pipelines that copy nothing, as far as no notice is about their files.
 */
export function unused({ objects }: Factory, copies: Copies, known: readonly Notice[]): readonly Notice[] {
  const copying = new Set(copies.runs.map(({ pipeline }) => pipeline.toLowerCase()));
  const told = new Set(known.map(({ file }) => file));
  const all = (["pipeline", "trigger", "dataset", "linkedService", "dataflow"] as const).flatMap(
    (folder) => objects[folder],
  );
  const referenced = new Set(all.flatMap(({ node }) => [...referencesIn(node)]));
  const isReferenced = (type: string, { name }: FactoryObject): boolean =>
    referenced.has(`${type} ${name.toLowerCase()}`);
  const without = (list: readonly FactoryObject[], type: string, what: string): readonly Notice[] =>
    list
      .filter((each) => !isReferenced(type, each))
      .map(({ name, node }) => leftOut(node, `the ${what} ${name}: nothing uses it`));
  return [
    ...without(objects.linkedService, "linkedservice", "linked service"),
    ...without(objects.dataset, "dataset", "dataset"),
    ...objects.pipeline
      .filter(({ name }) => ![...copies.startedBy(name)].some((each) => copying.has(each)))
      .map(({ name, node }) => leftOut(node, `the pipeline ${name}: it copies nothing`)),
  ].filter(({ file }) => !told.has(file));
}

/** `dataset orders`, in small letters, for each reference in an object. */
function* referencesIn({ value, file, path }: Node): Generator<string> {
  if (Array.isArray(value)) {
    for (const each of value) yield* referencesIn({ value: each, file, path });
  } else if (isObject(value)) {
    const { referenceName, type } = value;
    if (typeof referenceName === "string" && typeof type === "string") {
      yield `${type.toLowerCase().replace(/reference$/, "")} ${referenceName.toLowerCase()}`;
    }
    for (const each of Object.values(value)) yield* referencesIn({ value: each, file, path });
  }
}
