/** What is known to be read differently on Spark than here. Tests hold both engines to it; docs/conformance.md prints it. */

export interface Deviation {
  /** What a file has. */
  readonly what: string;
  readonly here: string;
  readonly spark: string;
  readonly why: string;
}

export const deviations: readonly Deviation[] = [
  {
    what: "a JSON array of more than 2 GiB, or a CSV record of more, as after a quote that never ends",
    here: "the array is read, the record is rejected as too long",
    spark: "the table fails and keeps its last version",
    why: "Spark holds each of them as one value, which cannot be longer.",
  },
  {
    what: "JSON lines that Spark's own reader would misread, one of them nested some hundred levels deep",
    here: "they are read",
    spark: "the table fails and keeps its last version",
    why: "Such files are read in Python, which goes no deeper.",
  },
];
