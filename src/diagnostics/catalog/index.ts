/** All diagnostics, one file per phase. Codes are unique across the files, which a test checks. */

import { configCatalog } from "./config.ts";
import { deployCatalog } from "./deploy.ts";
import type { Catalog, ParametersOf } from "./entry.ts";
import { namesCatalog } from "./names.ts";
import { planCatalog } from "./plan.ts";
import { relationsCatalog } from "./relations.ts";
import { runCatalog } from "./run.ts";
import { syntaxCatalog } from "./syntax.ts";
import { targetsCatalog } from "./targets.ts";
import { typesCatalog } from "./types.ts";

/** The parts of the catalogue, with titles for people. */
export const catalogParts: Readonly<Record<string, Catalog>> = {
  Syntax: syntaxCatalog,
  Names: namesCatalog,
  Types: typesCatalog,
  "Relations and grain": relationsCatalog,
  Configuration: configCatalog,
  Targets: targetsCatalog,
  Runs: runCatalog,
  Plans: planCatalog,
  Deployments: deployCatalog,
};

export const catalog = {
  ...syntaxCatalog,
  ...namesCatalog,
  ...typesCatalog,
  ...relationsCatalog,
  ...configCatalog,
  ...targetsCatalog,
  ...runCatalog,
  ...planCatalog,
  ...deployCatalog,
} as const;

export type DiagnosticCode = keyof typeof catalog;

type Entry<C extends DiagnosticCode> = (typeof catalog)[C];
type HintOf<E> = E extends { readonly hint: infer H extends string } ? H : "";

export type DiagnosticParams<C extends DiagnosticCode> = {
  readonly [Name in ParametersOf<Entry<C>["message"]> | ParametersOf<HintOf<Entry<C>>>]: string | number;
};
