/** Types, nulls, function calls. */
import type { Catalog } from "./entry.ts";

export const typesCatalog = {
} as const satisfies Catalog;
