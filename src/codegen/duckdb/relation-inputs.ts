/** What a table reads, as it lies in the lake at the moment. Paths are absolute or relative to the engine's folder. */
export type RelationInput = CsvInput | JsonInput | DeltaInput;

export interface CsvInput {
  readonly kind: "csv";
  readonly path: string;
  /** The names in the header, in the order of the file. Every declared column is there once. */
  readonly header: readonly string[];
  /**
   * `plain`: no quote in the whole file · `quoted`: there are quotes, and each line is a record · `spanning`: a quoted
   * text goes over the end of a line. In the latter two no record has a comma too many at its end.
   */
  readonly form: "plain" | "quoted" | "spanning";
  /** Bytes of the longest record. */
  readonly longest: number;
}

/** JSON lines. */
export interface JsonInput {
  readonly kind: "json";
  readonly path: string;
  /** Bytes of the longest line. */
  readonly longest: number;
  /** An object may have a name twice. */
  readonly mayRepeatNames: boolean;
}

export interface DeltaInput {
  readonly kind: "delta";
  /** The table's live files; none where it is empty. */
  readonly files: readonly string[];
}

/** By relation: `bronze.orders`, `silver.orders`. */
export type RelationInputs = Readonly<Record<string, RelationInput>>;
