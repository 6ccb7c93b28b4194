/** Files that a target emits. Text only, LF, with a final newline; the path is relative to the output folder. */
export interface OutputFile {
  readonly path: string;
  readonly text: string;
  /** The declarations it comes from, `bronze.orders`, `gold.revenue_by_month`, `project`; for the manifest. */
  readonly from: readonly string[];
}

/** JSON in the format of all output files: indented by two spaces, with a final newline. */
export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
