/** What the import knows of a kind of linked service that a program has a source for. */
import type { CopyRun } from "../copies.ts";
import type { ColumnDraft, ObjectDraft, SettingDraft, SettingValue, SourceKind } from "../drafts.ts";
import type { Notice } from "../findings.ts";
import type { Problem, Reached, Resolved } from "../references.ts";

export interface Connector {
  readonly kind: SourceKind;
  /** The properties of the linked service that are taken over, or say nothing that matters here. */
  readonly reads: readonly string[];
  source(reached: Reached, secrets: Secrets): SourceParts;
  /** The table that a copy reads; a clause that says why there is none. */
  table(reached: Reached, run: CopyRun): TableParts | Problem;
}

export interface SourceParts {
  readonly settings: readonly SettingDraft[];
  readonly notices: readonly Notice[];
}

export interface TableParts {
  readonly object: ObjectDraft;
  /** Where the copy itself says more than mapping and schema. */
  readonly columns?: readonly ColumnDraft[];
  readonly notices: readonly Notice[];
}

/** The secret of a property of a linked service, wherever that has it. */
export type Secrets = (
  service: Resolved,
  property: string,
) => { readonly value: SettingValue; readonly notices: readonly Notice[] };
