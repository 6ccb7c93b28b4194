/** Imports a kind of linked service as a source. */
import type { CopyRun } from "../copies.ts";
import type { ColumnDraft, ObjectDraft, SettingDraft, SettingValue, SourceKind } from "../drafts.ts";
import type { Notice } from "../notices.ts";
import type { Problem, Reached, Resolved } from "../references.ts";

export interface Connector {
  readonly kind: SourceKind;
  /** The properties of the linked service that are imported or irrelevant. */
  readonly reads: readonly string[];
  source(reached: Reached, secrets: Secrets): SourceParts;
  /** The table that a copy reads, or a clause that says why it is not imported. */
  table(reached: Reached, run: CopyRun): TableParts | Problem;
}

export interface SourceParts {
  readonly settings: readonly SettingDraft[];
  readonly notices: readonly Notice[];
}

export interface TableParts {
  readonly object: ObjectDraft;
  /** Columns that the copy itself specifies, in addition to mapping and schema. */
  readonly columns?: readonly ColumnDraft[];
  readonly notices: readonly Notice[];
}

/** The secret in a property of a linked service. */
export type Secrets = (
  service: Resolved,
  property: string,
) => { readonly value: SettingValue; readonly notices: readonly Notice[] };
