/** The types of the diagnostic catalogue. Each phase has its own file in this folder; `index.ts` combines them. */
export interface CatalogEntry {
  readonly severity: "error" | "warning" | "info";
  /** One sentence with `{parameters}` that says what is wrong. */
  readonly message: string;
  /** How to fix it, where the fix does not depend on the call site. May use the parameters. */
  readonly hint?: string;
}

export type Catalog = Readonly<Record<string, CatalogEntry>>;

/** The names in braces of a text. Braces around anything but a word are text. */
export type ParametersOf<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name extends `${string} ${string}`
    ? ParametersOf<Rest>
    : Name | ParametersOf<Rest>
  : never;
