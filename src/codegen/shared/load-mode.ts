import type { BronzePlan } from "../../plan/program.ts";
import { typeText } from "../../types.ts";

/** The mode in which a load continues others: a load of another mode means something else. Undefined for full loads. */
export function modeText({ load, columns }: Pick<BronzePlan, "load" | "columns">): string | undefined {
  switch (load.kind) {
    case "full":
      return undefined;
    case "files":
      return "files";
    case "append":
    case "changes": {
      const column = columns.find(({ name }) => name === load.by);
      return `${load.kind} by ${load.by}: ${column === undefined ? "" : typeText(column.type)}`;
    }
    default:
      return load satisfies never;
  }
}
