/** Limits and rules of the targets. */
import type { Catalog } from "./entry.ts";

export const targetsCatalog = {
  "storage-account-name": {
    severity: "error",
    message: "{name} is not a valid storage account name",
    hint: "Use 3 to 24 lower-case letters and digits.",
  },
  "storage-container-name": {
    severity: "error",
    message: "{name} is not a valid storage container name",
    hint: "Use 3 to 63 lower-case letters, digits and single hyphens; it must not start or end with a hyphen.",
  },
  "lake-folder-name": {
    severity: "error",
    message: "{name} cannot be stored in the lake: its name is not a valid folder name",
    hint: "Avoid slashes, colons, brackets, braces, * ? # % ^, leading or trailing spaces and dots, Windows device names (con, prn, aux, nul, com1, lpt1) and names over 200 bytes.",
  },
  "no-compute": {
    severity: "warning",
    message:
      "the project declares {service} but no compute, so nothing in the cloud builds {table} and the other silver and gold tables",
    hint: 'Add `compute = databricks { workspace: "https://adb-….azuredatabricks.net" }`, or ignore this if the tables are only built by `medalc run`.',
  },
  "notify-nobody": {
    severity: "error",
    message: "`notify` does not say who is notified",
    hint: 'Add `email: "data-team@shop.example"`, `webhook: secret.…` or `databricks_destinations: "…"`.',
  },
  "notify-unused": {
    severity: "error",
    message: "{name} in `notify` has no effect: {why}",
    hint: "Remove it, or add the service.",
  },
  "output-path-twice": {
    severity: "error",
    message: "{targets} would both write {path}",
    hint: "Rename one of the declarations that the files come from.",
  },
  "output-foreign-file": {
    severity: "error",
    message: "{path} already exists in the output folder and was not written by medalc",
    hint: "Nothing was written. Move it away, or choose another folder with --out.",
  },
  "output-other-project": {
    severity: "error",
    message: "the output folder belongs to the project {owner}, not to {project}",
    hint: "Nothing was written. Choose another folder with --out; if the project was renamed, delete the old output first.",
  },
  "output-edited": {
    severity: "error",
    message: "{path} was changed after medalc wrote it",
    hint: "Nothing was written. Move the change into the program, then compile with --force to overwrite the file.",
  },
  "synapse-database-name": {
    severity: "error",
    message: "{name} is not a valid name for the serving database",
    hint: "Choose a name that is not empty and not reserved (master, tempdb, model, msdb, default).",
  },
  "synapse-name-too-long": {
    severity: "error",
    message: "{what} {name} has {length} characters; Synapse allows 128",
    hint: "Choose a shorter name.",
  },
  "synapse-name-character": {
    severity: "error",
    message:
      "{what} {name} has a line break or a control character in its name, which cannot be written safely in a SQL script",
    hint: "Remove it from the name.",
  },
  "too-many-columns": {
    severity: "error",
    message: "{relation} has {count} columns; a table has {most} at most",
    hint: "Leave out the columns that nothing reads, or split the table in two that share a key.",
  },
  "synapse-too-many-columns": {
    severity: "error",
    message: "{name} has {count} columns; a view allows at most 1024",
    hint: "Select only the columns you need, or split the table.",
  },
  "environments-share": {
    severity: "error",
    message: "the environments {one} and {other} have the same {what} {value}",
    hint: "Give each environment its own: deploying one would replace what the other has deployed.",
  },
  "adf-factory-name": {
    severity: "error",
    message: "{name} is not a valid data factory name",
    hint: "Use 3 to 63 letters, digits and single hyphens; it must not start or end with a hyphen, and must be unique in all of Azure.",
  },
  "adf-databricks-resource-id": {
    severity: "error",
    message: "the data factory needs the resource ID of the Databricks workspace to sign in",
    hint: "Add `resource_id: param.databricks_resource_id` to databricks; the portal shows the ID in the workspace's properties.",
  },
  "adf-load-column": {
    severity: "error",
    message: "{relation} cannot be loaded by {column} in Data Factory: {problem}",
    hint: "Load it by another column, or in full.",
  },
  "adf-time-zone": {
    severity: "error",
    message: "the time zone {zone} is not supported by Data Factory",
    hint: "Choose a zone with the same offset; Data Factory supports the time zones of Windows.",
  },
  "adf-object-too-large": {
    severity: "error",
    message: "{name} would have {size} KB of JSON; Data Factory allows at most {most}",
    hint: "Shorten long doc comments, or declare fewer columns.",
  },
  "adf-too-many-objects": {
    severity: "error",
    message: "the data factory would have {count} objects; at most {most} are allowed",
    hint: "Split the project: each source needs three or more objects.",
  },
  "adf-too-many-params": {
    severity: "error",
    message: "the ARM template would have a parameter for each of {count} params; at most {most} are allowed",
    hint: "Write settings that are the same in every environment as literal values.",
  },
  "databricks-runtime": {
    severity: "error",
    message: "the Databricks runtime {runtime} cannot run the notebooks",
    hint: 'Use version 17 or later, which includes Spark 4: `"17.3 LTS"`.',
  },
  "databricks-node": {
    severity: "error",
    message: "{node} is not a valid node type",
    hint: 'Use the name of an Azure VM size: `"Standard_D4ds_v5"`.',
  },
  "databricks-workers": {
    severity: "error",
    message: "{workers} is not a valid number of workers",
    hint: "Write the minimum and the maximum, `1..4`; `0..0` is a single-node cluster.",
  },
  "databricks-setting-unused": {
    severity: "error",
    message: "the setting {name} has no effect: {why}",
    hint: "Remove it.",
  },
  "databricks-access-missing": {
    severity: "error",
    message: 'access: "service_principal" needs {missing}',
    hint: 'Add them: `tenant_id: "…", client_id: param.lake_client, client_secret: secret.lake_client`.',
  },
  "databricks-access-serverless": {
    severity: "error",
    message: "serverless compute has no Spark settings, so it cannot reach the lake by a service principal",
    hint: 'Use `access: "unity_catalog"`, or a job cluster.',
  },
  "databricks-secret-name": {
    severity: "error",
    message: "{name} is not a valid name of a secret or a secret scope in Databricks",
    hint: "Use up to 128 letters, digits, underscores, hyphens, at signs and dots; `secret_scope` names the scope.",
  },
  "databricks-catalog-access": {
    severity: "error",
    message: "tables in Unity Catalog need an external location, not access by a service principal",
    hint: 'Use `access: "unity_catalog"`, or remove `catalog`.',
  },
  "databricks-catalog-name": {
    severity: "error",
    message: "the table name {name} is not allowed in Unity Catalog",
    hint: "Avoid spaces, dots and slashes in the name.",
  },
  "databricks-tag-value": {
    severity: "error",
    message: "the unit {unit} of {column} cannot be a tag in Unity Catalog",
    hint: "Use a unit of at most 256 characters without spaces at its ends.",
  },
  "databricks-workspace": {
    severity: "error",
    message: "{workspace} is not the URL of a Databricks workspace",
    hint: "Copy it from the browser, without a path: `https://adb-1234567890123456.7.azuredatabricks.net`.",
  },
  "databricks-column-name": {
    severity: "error",
    message: "the column name {name} is not allowed in a Delta table that Synapse reads",
    hint: "Avoid spaces, braces, parentheses, commas, semicolons and equals signs in the name.",
  },
} as const satisfies Catalog;
