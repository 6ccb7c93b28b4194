/** Files that a target emits. Text only, LF, with a final newline; the path is relative to the output folder. */
export interface OutputFile {
  readonly path: string;
  readonly text: string;
  /** The declarations it was made from, `bronze.orders`, `gold.revenue_by_month`, `project`; for the manifest. */
  readonly from: readonly string[];
}

/** JSON as all our files have it: two spaces, a final newline. */
export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
