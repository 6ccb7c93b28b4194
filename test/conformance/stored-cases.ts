/** Stored findings of generated programs: `NAME.medal`, with its rows and the expected errors in `NAME.json`. */
import { readdirSync, readFileSync } from "node:fs";
import type { Case } from "./generate/program.ts";

const folder = new URL("cases/", import.meta.url);

export interface Kept {
  readonly name: string;
  readonly given: Case;
  readonly codes: readonly string[];
}

export function storedCases(): readonly Kept[] {
  const read = (file: string): string => readFileSync(new URL(file, folder), "utf8");
  return readdirSync(folder)
    .filter((file) => file.endsWith(".medal"))
    .sort()
    .map((file) => {
      const name = file.slice(0, -".medal".length);
      const { codes, ...rest }: Omit<Case, "text"> & Pick<Kept, "codes"> = JSON.parse(read(`${name}.json`));
      return { name, given: { ...rest, text: read(file) }, codes };
    });
}
