/** The query that reads a PostgreSQL table, the same for local runs and Data Factory. */

/**
 * Converts every value to text in the database, so that nothing is rounded; a cast keeps the column name. PostgreSQL
 * resolves a name that is not a column to the whole row of the table with that alias, so the alias is not the name of
 * any column.
 */
export function textsQuery(schema: string, table: string, columns: readonly string[]): string {
  const values = columns.map((name) => `${postgresName(name)}::text`);
  const alias = postgresName(unusedName("source", columns));
  return `SELECT ${values.join(", ")} FROM ${postgresName(schema)}.${postgresName(table)} AS ${alias}`;
}

export function postgresName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Appends underscores until the name is not in the list. */
export function unusedName(preferred: string, names: readonly string[]): string {
  return names.includes(preferred) ? unusedName(`${preferred}_`, names) : preferred;
}
