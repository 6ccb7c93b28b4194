/** Syntax. */
import type { Catalog } from "./entry.ts";

export const syntaxCatalog = {
} as const satisfies Catalog;
