/** The files of a factory's git folder as objects by kind and name. */

import { get, isObject, type Node, properties, text } from "./json.ts";
import { type Notice, notImported } from "./notices.ts";
import { known, unknown, type Value, type Values } from "./value.ts";

/** The folders of Data Factory's git layout. Files in other folders are listed as not imported, without reading them. */
export const FOLDERS = [
  ...(["factory", "integrationRuntime", "linkedService", "dataset", "dataflow", "pipeline", "trigger"] as const),
  ...(["credential", "managedVirtualNetwork", "managedPrivateEndpoint", "adfcdc"] as const),
] as const;

export type Folder = (typeof FOLDERS)[number];

export interface FactoryObject {
  readonly name: string;
  /** Its `properties`. */
  readonly node: Node;
}

export interface Factory {
  /** In the order of the files; use `find` for one by name. */
  readonly objects: Readonly<Record<Folder, readonly FactoryObject[]>>;
  readonly globals: Values;
  /** Problems with files. */
  readonly notices: readonly Notice[];
}

/** @param files texts by their paths below the factory's folder: `pipeline/pl_ingest.json` */
export function readFactory(files: ReadonlyMap<string, string>): Factory {
  const notices: Notice[] = [];
  const objects: Record<Folder, FactoryObject[]> = {
    ...{ factory: [], integrationRuntime: [], linkedService: [], dataset: [], dataflow: [], pipeline: [], trigger: [] },
    ...{ credential: [], managedVirtualNetwork: [], managedPrivateEndpoint: [], adfcdc: [] },
  };
  for (const [file, content] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const folder = folderOf(file);
    if (folder === undefined) {
      notices.push(notImported({ value: undefined, file, path: "$" }, "it is not in a folder of the data factory"));
      continue;
    }
    const read = readObject(folder, file, content);
    if ("kind" in read) notices.push(read);
    else if (find(objects[folder], read.name)) {
      notices.push(notImported(read.node, `another ${folder} with the name ${read.name} is imported`));
    } else objects[folder].push(read);
  }
  return { objects, globals: globalsOf(objects.factory), notices };
}

/** Private endpoints are in the folder of their network: `managedVirtualNetwork/default/managedPrivateEndpoint/sql.json`. */
function folderOf(file: string): Folder | undefined {
  const folders = file.split("/").slice(0, -1);
  const name = folders.includes("managedPrivateEndpoint") ? "managedPrivateEndpoint" : folders[0];
  return FOLDERS.find((each) => each === name);
}

/** Names are case-insensitive. */
export function find(objects: readonly FactoryObject[], name: string | undefined): FactoryObject | undefined {
  return objects.find((each) => each.name.toLowerCase() === name?.toLowerCase());
}

function readObject(folder: Folder, file: string, content: string): FactoryObject | Notice {
  const top: Node = { value: parsed(content), file, path: "$" };
  if (top.value === undefined) return notImported(top, "the file is not valid JSON");
  const inner = get(top, "properties");
  // A factory without global parameters, and a network without settings, have no properties.
  const isBare =
    (folder === "factory" || folder === "managedVirtualNetwork") && isObject(top.value) && inner.value === undefined;
  if (!isObject(inner.value) && !isBare)
    return notImported(top, "the file has no properties, so it is not an object of a data factory");
  const ofFile = file.slice(file.lastIndexOf("/") + 1).replace(/\.json$/i, "");
  return { name: text(get(top, "name")) ?? ofFile, node: inner };
}

function parsed(content: string): unknown {
  // The parser's message quotes the text, which may contain a secret.
  try {
    return JSON.parse(content.replace(/^\ufeff/, ""));
  } catch {
    return undefined;
  }
}

function globalsOf(factories: readonly FactoryObject[]): Values {
  return new Map(
    factories
      .flatMap(({ node }) => properties(get(node, "globalParameters")))
      .map(([name, parameter]) => {
        const value = literal(get(parameter, "value").value);
        return [name.toLowerCase(), { ...value, origin: { kind: "global", name } }];
      }),
  );
}

/** A literal value. */
export function literal(value: unknown): Value {
  if (value === undefined) return unknown("the parameter has no value");
  return known(JSON.parse(JSON.stringify(value)));
}

/** The values of the parameters of an object: the given ones, otherwise the defaults. */
export function parametersOf(declared: Node, given: Values): Values {
  const values = new Map(given);
  for (const [name, parameter] of properties(declared)) {
    const id = name.toLowerCase();
    if (text(get(parameter, "type"))?.toLowerCase() === "securestring") {
      values.set(id, unknown(`the parameter ${name} is a secure string`));
    } else if (!values.has(id)) {
      const value = literal(get(parameter, "defaultValue").value);
      values.set(id, value.kind === "known" ? value : unknown(`the parameter ${name} has no default`));
    }
  }
  return values;
}
