/** What a target cannot do. */
import type { Catalog } from "./entry.ts";

export const targetsCatalog = {
} as const satisfies Catalog;
