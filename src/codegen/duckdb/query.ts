/** A query written step by step: each step is a named subquery over those before it. */
import { duckdbName } from "../expressions/duckdb.ts";

export interface QueryBuilder {
  /**
   * Adds a subquery and returns its name, quoted. `whole`: it is computed to its last row, whatever becomes of the rows;
   * else DuckDB is free to merge it with what reads it.
   */
  add(hint: string, select: string, whole?: boolean): string;
  /** The query that ends with this select. */
  finish(select: string): string;
}

export function createQuery(): QueryBuilder {
  const names = createNames();
  const parts: string[] = [];
  return {
    add(hint, select, whole = false) {
      const name = duckdbName(names.take(hint));
      // Not indented: a line may begin within a text.
      parts.push(`${name} AS ${whole ? "" : "NOT "}MATERIALIZED (\n${select}\n)`);
      return name;
    },
    finish(select) {
      return parts.length === 0 ? select : `WITH ${parts.join(", ")}\n${select}`;
    },
  };
}

export interface InnerNames {
  /** The name, or the name with a number where it is taken; taken without regard to case, as DuckDB has it. */
  take(name: string): string;
}

export function createNames(taken: readonly string[] = []): InnerNames {
  const used = new Set(taken.map((name) => name.toLowerCase()));
  return {
    take(name) {
      let free = name;
      for (let count = 2; used.has(free.toLowerCase()); count++) free = `${name} ${count}`;
      used.add(free.toLowerCase());
      return free;
    },
  };
}
