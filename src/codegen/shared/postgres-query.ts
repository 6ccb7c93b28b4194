/** The query that reads a table of PostgreSQL, the same in a local run and in Data Factory. */

/**
 * Every value as the database's own text, so that nothing is rounded on the way; a cast keeps the name of its column. A name that is no column means the whole
 * row where a table has it; so the table has a name here that no column has.
 */
export function textsQuery(schema: string, table: string, columns: readonly string[]): string {
  const values = columns.map((name) => `${postgresName(name)}::text`);
  const alias = postgresName(unusedName("source", columns));
  return `SELECT ${values.join(", ")} FROM ${postgresName(schema)}.${postgresName(table)} AS ${alias}`;
}

export function postgresName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A name that none of these is. */
export function unusedName(wanted: string, names: readonly string[]): string {
  return names.includes(wanted) ? unusedName(`${wanted}_`, names) : wanted;
}
