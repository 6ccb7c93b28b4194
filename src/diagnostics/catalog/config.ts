/** Configuration, command line and files. */
import type { Catalog } from "./entry.ts";

export const configCatalog = {
} as const satisfies Catalog;
