/** What is known to be read differently on Spark than here. Tests hold both engines to it; docs/conformance.md prints it. */

export interface Deviation {
  /** What a file has. */
  readonly what: string;
  readonly here: string;
  readonly spark: string;
  readonly why: string;
}

export const deviations = {
  behindClosingQuote: {
    what: 'CSV: text behind the closing quote of a field, `"x"y`',
    here: "the record is malformed",
    spark: 'the field is its text as it stands, quotes included: `"x"y`',
    why: "Spark's reader cannot be told to set such a record aside, only to stop.",
  },
  returnAtTheEnd: {
    what: "CSV: carriage returns at the end of the last field of a record, inside its quotes",
    here: "they are part of the text",
    spark: "they are left out",
    why: "Spark's reader gives the carriage return of CRLF to the last field, and does not say whether that had quotes.",
  },
  severalObjects: {
    what: "JSON lines: `[{…},{…}]`, or something behind the object: `{…} x`",
    here: "the line is malformed",
    spark: "each object of the list is a row; what stands behind an object is passed over",
    why: "Spark's reader does both, and has no option for either.",
  },
  notUtf8: {
    what: "bytes that are not UTF-8",
    here: "the record is malformed",
    spark: "each of them is the character U+FFFD",
    why: "Spark decodes a file before it reads records.",
  },
} as const satisfies Readonly<Record<string, Deviation>>;
