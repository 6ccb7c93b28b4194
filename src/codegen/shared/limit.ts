import type { Limit } from "../../plan/program.ts";

/** `5%`, `10 rows` */
export function limitText({ unit, at }: Limit): string {
  if (unit === "percent") return `${at}%`;
  return at === "1" ? "1 row" : `${at} rows`;
}
