/** Names: unknown, ambiguous, declared twice. */
import type { Catalog } from "./entry.ts";

export const namesCatalog = {
} as const satisfies Catalog;
