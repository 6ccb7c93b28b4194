/** The files that a table reads. Paths are absolute or relative to the engine's working folder. */
export type RelationInput = CsvInput | JsonInput | DeltaInput;

export interface CsvInput {
  readonly kind: "csv";
  readonly path: string;
  /** The names in the header, in file order. Every declared column occurs once. */
  readonly header: readonly string[];
  /**
   * `plain`: the file has no quotes · `quoted`: it has quotes, and each line is a record · `spanning`: a quoted text spans
   * lines. In the latter two no record ends with a surplus comma.
   */
  readonly form: "plain" | "quoted" | "spanning";
  /** Bytes of the longest record. */
  readonly longest: number;
}

/** JSON Lines. */
export interface JsonInput {
  readonly kind: "json";
  readonly path: string;
  /** Bytes of the longest line. */
  readonly longest: number;
  /** Whether an object may repeat a name. */
  readonly mayRepeatNames: boolean;
}

export interface DeltaInput {
  readonly kind: "delta";
  /** The files of the table's current version; none if it is empty. */
  readonly files: readonly string[];
}

/** By relation: `bronze.orders`, `silver.orders`. */
export type RelationInputs = Readonly<Record<string, RelationInput>>;
