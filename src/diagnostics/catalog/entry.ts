/** The shape of the diagnostic catalogue. Each phase has a file of its own here; `index.ts` joins them. */
export interface CatalogEntry {
  readonly severity: "error" | "warning" | "info";
  /** One sentence with `{parameters}`. Says what is wrong, not who did it. */
  readonly message: string;
  /** The way out, where it is the same each time. May use the parameters. */
  readonly hint?: string;
}

export type Catalog = Readonly<Record<string, CatalogEntry>>;

/** The names in braces of a text. Braces around anything but a word are text. */
export type ParametersOf<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name extends `${string} ${string}`
    ? ParametersOf<Rest>
    : Name | ParametersOf<Rest>
  : never;
