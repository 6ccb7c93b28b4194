import type { OutputFile } from "../../codegen/files.ts";

/** The tables that a file was made from: `bronze.orders`, `gold.orders`. */
export function tablesOf({ from }: OutputFile): readonly string[] {
  return from.filter((each) => /^(bronze|silver|gold)\./.test(each));
}
