/**
 * Notices for objects that are not imported. Each kind of object that is never imported has an entry here; of the other
 * kinds, unused objects are listed.
 */
import type { Copies } from "./copies.ts";
import type { Factory, FactoryObject, Folder } from "./factory.ts";
import { get, isObject, type Node, properties, text } from "./json.ts";
import { type Notice, notImported } from "./notices.ts";

/** The notice for each kind of object that is never imported. */
const NEVER: Readonly<Partial<Record<Folder, (name: string, type: string) => string>>> = {
  dataflow: (name) => `the data flow ${name}: write it as silver and gold tables`,
  integrationRuntime: (name, type) =>
    `the integration runtime ${name}${kind(type)}: it is used if it exists, and never created`,
  credential: (name, type) => `the credential ${name}${kind(type)}: a program uses managed identity or Key Vault`,
  managedVirtualNetwork: (name) => `the managed virtual network ${name}: networks cannot be declared in a program`,
  managedPrivateEndpoint: (name) => `the private endpoint ${name}: networks cannot be declared in a program`,
  adfcdc: (name) => `the change data capture ${name}: a program loads sources in full or incrementally by a column`,
};

function kind(type: string): string {
  return type === "" ? "" : ` (${type})`;
}

export function neverImported({ objects }: Factory): readonly Notice[] {
  return Object.entries(NEVER).flatMap(([folder, message]) =>
    objects[folder as Folder].map(({ name, node }) => notImported(node, message(name, text(get(node, "type")) ?? ""))),
  );
}

/** Settings of the factory itself except its global parameters, see `unusedGlobals`. */
export function factorySettings({ objects }: Factory): readonly Notice[] {
  return objects.factory.flatMap(({ node }) =>
    properties(node)
      .filter(([name]) => name !== "globalParameters")
      .map(([name, value]) => notImported(value, `the setting ${name} of the factory`)),
  );
}

/**
 * Global parameters that no expression mentions; none if an expression computes a parameter's name, which can be any.
 */
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
      .map(([name, value]) => notImported(value, `the global parameter ${name}: it is not used`)),
  );
}

function* textsIn(value: unknown): Generator<string> {
  if (typeof value === "string") yield value;
  else if (typeof value === "object" && value !== null) for (const each of Object.values(value)) yield* textsIn(each);
}

/**
 * Unreferenced objects, and pipelines without copies, unless another notice is about their files.
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
      .map(({ name, node }) => notImported(node, `the ${what} ${name}: it is not used`));
  return [
    ...without(objects.linkedService, "linkedservice", "linked service"),
    ...without(objects.dataset, "dataset", "dataset"),
    ...objects.pipeline
      .filter(({ name }) => ![...copies.startedBy(name)].some((each) => copying.has(each)))
      .map(({ name, node }) => notImported(node, `the pipeline ${name}: it copies nothing`)),
  ].filter(({ file }) => !told.has(file));
}

/** `dataset orders`, in lower case, for each reference in an object. */
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
