/** Assigns unique Medal names to objects of a factory: params, secrets, sources and bronze tables, separately. */
import { createNames, safeName } from "../../codegen/shared/names.ts";
import { keywordOf } from "../../parser/tokens.ts";

export interface Named {
  /** A name made of the words, or of the fallback's words if that name is taken. */
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

/** Reserved words need a suffix. */
function wordOf(word: string, kind: string): string {
  const safe = safeName(word);
  return keywordOf.get(safe.toLowerCase())?.reserved ? `${safe}_${kind}` : safe;
}

/** The name of a linked service without its `ls_` prefix. */
export function baseName(service: string): string {
  const bare = service.replace(/^(ls|lnk|linked[-_ ]?service)[-_ ]+/i, "");
  return bare === "" ? service : bare;
}
