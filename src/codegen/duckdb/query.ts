/** Builds a query step by step: each step is a named subquery (CTE) over the previous ones. */
import { duckdbName } from "../expressions/duckdb.ts";

export interface QueryBuilder {
  /**
   * Adds a subquery and returns its quoted name. `whole`: it is materialized completely, even if later steps drop its rows;
   * otherwise DuckDB may merge it into the subquery that reads it.
   */
  add(hint: string, select: string, whole?: boolean): string;
  /** The query with this final SELECT. */
  finish(select: string): string;
}

export function createQuery(): QueryBuilder {
  const names = createNames();
  const parts: string[] = [];
  return {
    add(hint, select, whole = false) {
      const name = duckdbName(names.take(hint));
      // Not indented: a line may start inside a string.
      parts.push(`${name} AS ${whole ? "" : "NOT "}MATERIALIZED (\n${select}\n)`);
      return name;
    },
    finish(select) {
      return parts.length === 0 ? select : `WITH ${parts.join(", ")}\n${select}`;
    },
  };
}

export interface InnerNames {
  /** The name, with a number appended if it is taken; compared case-insensitively, as in DuckDB. */
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
