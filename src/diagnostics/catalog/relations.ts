/** Relations: layers, cycles, joins, keys, grain. */
import type { Catalog } from "./entry.ts";

export const relationsCatalog = {
} as const satisfies Catalog;
