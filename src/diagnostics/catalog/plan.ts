/** Conflicts between a program and what is already deployed. */
import type { Catalog } from "./entry.ts";

export const planCatalog = {
  "plan-unmarked": {
    severity: "error",
    message: "{key} already exists and is not marked as owned by the project {project}",
    hint: "Rename or delete it, or adopt it, which overwrites its definition: `--adopt {key}`.",
  },
  "plan-other-project": {
    severity: "error",
    message: "{key} belongs to the project {owner}",
    hint: "Rename the declaration that it comes from; if {owner} no longer exists, adopt the object: `--adopt {key}`.",
  },
  "plan-differs": {
    severity: "error",
    message: "{key} already exists and differs from what the program needs",
    hint: "Others may depend on it. If only this project uses it, let the project change it: `--adopt {key}`.",
  },
  "plan-other-environment": {
    severity: "error",
    message: "{environment} uses the same lake as the deployed environment {other}",
    hint: "Give each environment its own storage account or container. If {other} was only renamed, add `--adopt {key}`.",
  },
  "plan-schema-shared": {
    severity: "error",
    message: "the schema {schema} has views of the project {owner}",
    hint: 'Give this project its own schema, with its own readers: `schema: "{own}"` in synapse.',
  },
  "plan-catalog-table": {
    severity: "error",
    message: "{key} in Unity Catalog is not a table of this project's lake",
    hint: 'Rename or drop it in Databricks, or choose other schemas: `schema: "…"` in databricks.',
  },
  "plan-table-wanted": {
    severity: "error",
    message: "{table} is still declared in the program, so its rows are not deleted",
    hint: "Remove the table from the program first, or use `medalc destroy --allow-destroy {table}`.",
  },
  "plan-table-unknown": {
    severity: "error",
    message: "the lake of {environment} has no rows of {table}",
    hint: "Write the table with its layer, such as gold.orders; `medalc plan` lists the tables that are no longer declared but still have a folder.",
  },
  "plan-adopt-unknown": {
    severity: "error",
    message: "{key} cannot be adopted",
    hint: "Only an existing object that the program also declares can be adopted; `medalc plan` lists the conflicts.",
  },
  "plan-still-used": {
    severity: "error",
    message: "{key} is no longer in the program, but {user} still uses it and is kept: {why}",
    hint: "Remove the reference from {user}, or keep {key} in the program.",
  },
} as const satisfies Catalog;
