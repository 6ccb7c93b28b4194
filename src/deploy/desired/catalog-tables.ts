/** The entries of tables in Unity Catalog, as the notebooks make them. */
import { lakeRoot } from "../../codegen/databricks/environment.ts";
import { sparkTypeName } from "../../codegen/expressions/spark.ts";
import { notebookPaths } from "../../codegen/shared/notebooks.ts";
import { catalogPlace, maskName, registeredName, schemaOf, tableEntry } from "../../codegen/shared/unity-catalog.ts";
import type { EnvironmentValues } from "../../codegen/target.ts";
import { type Program, qualifiedName } from "../../plan/program.ts";
import { normalTableLocation } from "../normalize/databricks.ts";
import { type DesiredObject, keyOf } from "../object.ts";

/** Without tags and keys, which the API lists for one table at a time only: each run compares them. */
export function desiredCatalogTables(program: Program, environment: EnvironmentValues): readonly DesiredObject[] {
  const place = catalogPlace(program, environment);
  if (place === undefined) return [];
  const paths = notebookPaths(program);
  return program.tables.map((table): DesiredObject => {
    const { comment = "", columns } = tableEntry(table);
    const entries = new Map(columns.map((each) => [each.name, each]));
    const schema = schemaOf(place, table.layer);
    return {
      ...{ service: "databricks", kind: "catalogTable", name: registeredName(place, table) },
      body: {
        columns: Object.fromEntries(
          table.columns.map(({ name, type }) => {
            const entry = entries.get(name);
            const mask = entry?.isMasked ? { mask: `${schema}.${maskName(sparkTypeName(type))}` } : {};
            return [name, { ...(entry?.comment === undefined ? {} : { comment: entry.comment }), ...mask }];
          }),
        ),
        comment,
        location: normalTableLocation(`${lakeRoot(program, environment)}/${table.layer}/${table.name}`),
      },
      needs: [keyOf({ service: "databricks", kind: "catalogSchema", name: schema })],
      tables: [qualifiedName(table)],
      file: `databricks/${paths.get(qualifiedName(table))}.py`,
    };
  });
}
