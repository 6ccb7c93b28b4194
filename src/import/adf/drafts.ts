/** Sources and tables before they have names in the program. */
import type { SourcePlan } from "../../plan/program.ts";
import type { Type } from "../../types.ts";
import type { Node } from "./json.ts";
import type { Notice } from "./notices.ts";
import type { Resolved } from "./references.ts";
import { type Origin, textOf, type Value } from "./value.ts";

export type SourceKind = SourcePlan["kind"];

export interface SourceDraft {
  readonly kind: SourceKind;
  readonly service: Resolved;
  readonly settings: readonly SettingDraft[];
  readonly notices: readonly Notice[];
}

export interface SettingDraft {
  readonly name: string;
  readonly value: SettingValue;
}

export type SettingValue =
  | { readonly kind: "text"; readonly value: string; readonly origin?: Origin }
  | { readonly kind: "number"; readonly value: number; readonly origin?: Origin }
  /** Not known from the files: becomes a param without a value. */
  | { readonly kind: "open"; readonly origin?: Origin }
  | {
      readonly kind: "secret";
      /** Undefined if its Key Vault is not known. */
      readonly vault: string | undefined;
      /** Undefined if it has none yet. */
      readonly key: string | undefined;
    };

export interface TableDraft {
  /** Its name in the source. */
  readonly object: ObjectDraft;
  /** Its name in Medal's layout of the lake, if it is copied there. */
  readonly landsAs?: string;
  readonly columns: readonly ColumnDraft[];
  readonly activity: Node;
  readonly notices: readonly Notice[];
}

export interface ObjectDraft {
  readonly kind: "csv" | "json" | "table" | "collection";
  readonly text: string;
}

export interface ColumnDraft {
  readonly name: string;
  readonly type: Type;
}

/** The value of a setting; open if it is not known. */
export function settingOf(value: Value): SettingValue {
  const text = textOf(value);
  const origin = value.origin ? { origin: value.origin } : {};
  return text === undefined || text === "" ? { kind: "open", ...origin } : { kind: "text", value: text, ...origin };
}
