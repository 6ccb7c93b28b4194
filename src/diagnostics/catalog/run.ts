/** Local runs: sources, rows, the lake. */
import type { Catalog } from "./entry.ts";

export const runCatalog = {
} as const satisfies Catalog;
