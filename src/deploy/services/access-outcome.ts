/** What a check of access has found. */
export type Outcome =
  | { readonly kind: "fine"; readonly detail: string }
  /** `grant`: the command that grants what is missing. */
  | { readonly kind: "missing"; readonly what: string; readonly problem: string; readonly grant: string }
  /** `grant`: what would tell, absent if it is only too early. */
  | { readonly kind: "unknown"; readonly problem: string; readonly grant?: string };
