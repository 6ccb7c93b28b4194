/** The files that a table reads. Paths are absolute or relative to the engine's working folder. */
export type RelationInput = CsvInput | JsonInput | LoadsInput | DeltaInput;

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
  /** It was rewritten: each record has its place in the original file as an additional first field. */
  readonly isNumbered: boolean;
}

/** JSON Lines. */
export interface JsonInput {
  readonly kind: "json";
  readonly path: string;
  /** Bytes of the longest line. */
  readonly longest: number;
  /** Whether an object may repeat a name. */
  readonly mayRepeatNames: boolean;
  /** It was rewritten: each line has its place in the original file, then a byte 1, then the object. */
  readonly isNumbered: boolean;
}

/** The files of the loads of a bronze table. */
export interface LoadsInput {
  readonly kind: "loads";
  readonly files: readonly LoadedInput[];
}

export interface LoadedInput {
  readonly input: CsvInput | JsonInput;
  /** How many records the original file has. */
  readonly records: number;
  /** The texts of the fields of the load, except `row`: `at`, `id`, `file`, and the placeholders. */
  readonly fields: Readonly<Record<string, string>>;
  /**
   * Only records whose column `C` of `load append by C` is below this text count; later loads contain the rest, and records
   * without a value in `C`.
   */
  readonly before?: string;
}

export interface DeltaInput {
  readonly kind: "delta";
  /** The files of the table's current version; none if it is empty. */
  readonly files: readonly string[];
}

/** By relation: `bronze.orders`, `silver.orders`. */
export type RelationInputs = Readonly<Record<string, RelationInput>>;
