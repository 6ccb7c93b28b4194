/** Determines the lake: the container that most copies write to. */
import { isStorage, locationOf } from "./connectors/file.ts";
import type { Reached } from "./references.ts";
import { textOf, type Value } from "./value.ts";

/** The lake. */
export interface Landing {
  readonly account: Value;
  readonly container: Value;
}

export interface Landings {
  readonly lake: Landing | undefined;
  isLake(reached: Reached): boolean;
  /** A clause that says why a file cannot be read from there. */
  problem(input: Reached): string | undefined;
  /** The name of the table, if it is a folder of loads in Medal's layout of the lake. */
  nameOf(output: Reached | string): string | undefined;
}

const LOADS = /^\/?bronze\/([^/]+)\/load=/;

interface Copy {
  readonly input: Reached;
  readonly output: Reached | string;
}

export function createLandings(copies: readonly Copy[]): Landings {
  const outputs = copies.flatMap(({ output }) => (typeof output !== "string" && isStorage(output) ? [output] : []));
  const inputs = copies.flatMap(({ input }) => (isStorage(input) ? [input] : []));
  const lake = mostOf(outputs.length > 0 ? outputs : inputs);
  const isLake = (reached: Reached): boolean => lake !== undefined && idOf(reached) === idOf(lake);
  const written = new Set(outputs.filter(isLake).flatMap((each) => startOf(locationOf(each).folder)));
  return {
    lake: lake && locationOf(lake),
    isLake,
    problem: (input) => {
      if (!isLake(input))
        return "it reads files from another container; a program reads only those of the lake's container";
      const folder = textOf(locationOf(input).folder);
      const lands = folder !== undefined && [...written].some((each) => `${folder}/`.startsWith(each));
      return lands ? "it reads the output of another copy; write it as a silver table" : undefined;
    },
    nameOf: (output) => {
      if (typeof output === "string" || !isStorage(output)) return undefined;
      const { folder } = locationOf(output);
      return LOADS.exec((folder.kind === "known" ? textOf(folder) : folder.start) ?? "")?.[1];
    },
  };
}

/** The known part of a folder, up to a slash. */
function startOf(folder: Value): readonly string[] {
  const text = folder.kind === "known" ? `${textOf(folder) ?? ""}/` : (folder.start ?? "");
  const start = text.slice(0, text.lastIndexOf("/") + 1).replace(/^\/+/, "");
  return start === "" ? [] : [start];
}

function mostOf(all: readonly Reached[]): Reached | undefined {
  const counts = new Map<string, number>();
  for (const each of all) counts.set(idOf(each), (counts.get(idOf(each)) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return all.find((each) => counts.get(idOf(each)) === most);
}

/** Unknown parts are considered equal. */
function idOf(reached: Reached): string {
  const { account, container } = locationOf(reached);
  return JSON.stringify([account, container].map((each) => textOf(each)?.toLowerCase() ?? null));
}
