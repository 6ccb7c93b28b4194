/** Checks that the tables of a program can be registered in Unity Catalog. */
import { type Diagnostic, diagnostic } from "../../diagnostics/diagnostic.ts";
import { type Program, qualifiedName, type ServicePlan } from "../../plan/program.ts";
import { lakeAccess } from "../shared/required-access.ts";
import { placeOf } from "../shared/settings.ts";
import { columnPath, hasCatalog, isCatalogName, isTagValue, tagValue } from "../shared/unity-catalog.ts";

/** The settings that only registered tables have. */
const CATALOG_SETTINGS = ["schema", "readers", "pii_readers"] as const;

export function checkCatalog(program: Program, compute: ServicePlan): readonly Diagnostic[] {
  if (!hasCatalog(program)) {
    const why = "without `catalog` the tables are not in Unity Catalog";
    return CATALOG_SETTINGS.filter((name) => compute.settings[name] !== undefined).map((name) =>
      diagnostic("databricks-setting-unused", placeOf(program, compute, name), { name, why }),
    );
  }
  return [
    ...(lakeAccess(program) === "unity_catalog"
      ? []
      : [diagnostic("databricks-catalog-access", placeOf(program, compute, "catalog"), {})]),
    ...program.tables
      .filter(({ name }) => !isCatalogName(name))
      .map((table) => diagnostic("databricks-catalog-name", table.span, { name: qualifiedName(table) })),
    ...program.tables.flatMap((table) =>
      table.columns.flatMap((column) =>
        column.tags.flatMap((tag) => {
          const [name, value] = tagValue(tag);
          if (name !== "unit" || isTagValue(value)) return [];
          return [diagnostic("databricks-tag-value", column.span, { unit: value, column: columnPath(table, column) })];
        }),
      ),
    ),
  ];
}
