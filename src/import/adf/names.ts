/** Names of a program for what a factory calls otherwise: params, secrets, sources and bronze tables, each kind its own. */
import { createNames, safeName } from "../../codegen/shared/names.ts";
import { keywordOf } from "../../parser/tokens.ts";

export interface Named {
  /** A name made of the words, or of the fallback's words where another has that already. */
  take(word: string, fallback?: string): string;
}

export function createNamed(kind: string): Named {
  const names = createNames();
  const taken = new Set<string>();
  return {
    take(word, fallback = word) {
      const wished = wordOf(word, kind);
      const name = names.take(taken.has(wished.toLowerCase()) ? wordOf(fallback, kind) : wished);
      taken.add(name.toLowerCase());
      return name;
    },
  };
}

/** Reserved words are names only with something behind them. */
function wordOf(word: string, kind: string): string {
  const safe = safeName(word);
  return keywordOf.get(safe.toLowerCase())?.reserved ? `${safe}_${kind}` : safe;
}

/** What linked services are called without the mark that they are some. */
export function baseName(service: string): string {
  const bare = service.replace(/^(ls|lnk|linked[-_ ]?service)[-_ ]+/i, "");
  return bare === "" ? service : bare;
}
