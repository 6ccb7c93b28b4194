/** What a target cannot do. */
import type { Catalog } from "./entry.ts";

export const targetsCatalog = {
  "storage-account-name": {
    severity: "error",
    message: "{name} is no name of a storage account",
    hint: "A storage account has 3 to 24 lower-case letters and digits.",
  },
  "storage-container-name": {
    severity: "error",
    message: "{name} is no name of a storage container",
    hint: "A container has 3 to 63 lower-case letters, digits and single hyphens, none of them first or last.",
  },
  "lake-folder-name": {
    severity: "error",
    message: "no folder of the lake can have the name of {name}",
    hint: "The name becomes a folder: leave out slashes, colons, brackets, braces and * ? # % ^, and blanks or dots at its ends; no device of Windows (con, prn, aux, nul, com1, lpt1) and nothing above 200 bytes.",
  },
  "no-compute": {
    severity: "warning",
    message:
      "the project names {service} but no compute, so in the cloud nothing builds {table} and the other silver and gold tables",
    hint: 'Add `compute = databricks { workspace: "https://adb-….azuredatabricks.net" }`, or leave it out where the tables are only built by `medalc run`.',
  },
  "output-path-twice": {
    severity: "error",
    message: "{targets} both write {path}",
    hint: "Give one of the declarations that it is made from another name.",
  },
  "output-foreign-file": {
    severity: "error",
    message: "{path} in the output folder was not written by medalc, and stands where a file of the output belongs",
    hint: "Nothing was written. Move it away, or choose another folder with --out.",
  },
  "output-other-project": {
    severity: "error",
    message: "the output folder belongs to the project {owner}, and this is the project {project}",
    hint: "Nothing was written. Choose another folder with --out; where the project was renamed, remove the old output first.",
  },
  "output-edited": {
    severity: "error",
    message: "{path} was changed after medalc wrote it",
    hint: "Nothing was written. Bring the change into the program, then compile with --force to replace the file.",
  },
  "synapse-database-name": {
    severity: "error",
    message: "the serving database cannot be called {name}",
    hint: "Choose a name that is not empty and not one of the server's own (master, tempdb, model, msdb, default).",
  },
  "synapse-name-too-long": {
    severity: "error",
    message: "{what} {name} has {length} characters; Synapse allows 128",
    hint: "Choose a shorter name.",
  },
  "synapse-name-character": {
    severity: "error",
    message: "{what} {name} has a line break or a control character in its name, which no SQL script can hold safely",
    hint: "Choose a name without it.",
  },
  "too-many-columns": {
    severity: "error",
    message: "{relation} has {count} columns; a table has {most} at most",
    hint: "Leave out the columns that nothing reads, or split the table in two that share a key.",
  },
  "synapse-too-many-columns": {
    severity: "error",
    message: "{name} has {count} columns; a view has at most 1024",
    hint: "Select the columns that are needed, or split the table.",
  },
  "adf-factory-name": {
    severity: "error",
    message: "{name} is no name of a data factory",
    hint: "A data factory has 3 to 63 letters, digits and single hyphens, none of them first or last; no other factory in Azure may have the same name.",
  },
  "adf-databricks-resource-id": {
    severity: "error",
    message: "the data factory cannot sign in to Databricks without the resource ID of the workspace",
    hint: "Add `resource_id: param.databricks_resource_id` to databricks; the portal shows the ID in the workspace's properties.",
  },
  "adf-time-zone": {
    severity: "error",
    message: "the time zone {zone} is unknown to Data Factory",
    hint: "Choose a place with the same time; Data Factory knows those that Windows knows.",
  },
  "adf-object-too-large": {
    severity: "error",
    message: "{name} would have {size} KB of JSON; Data Factory takes {most}",
    hint: "Shorten what it is made of: long doc comments, or a table with very many columns.",
  },
  "adf-too-many-objects": {
    severity: "error",
    message: "the data factory would have {count} objects; at most {most} are allowed",
    hint: "Split the project: each source takes three or more objects.",
  },
  "adf-too-many-params": {
    severity: "error",
    message: "the ARM template would have a parameter for each of {count} params; at most {most} are allowed",
    hint: "Write the settings that are the same in every environment as values.",
  },
  "databricks-runtime": {
    severity: "error",
    message: "{runtime} is no Databricks runtime that can run the notebooks",
    hint: 'Write a version from 17 on, which has Spark 4: `"17.3 LTS"`.',
  },
  "databricks-node": {
    severity: "error",
    message: "{node} is no node type of a cluster",
    hint: 'Write the name of an Azure machine size: `"Standard_D4ds_v5"`.',
  },
  "databricks-workers": {
    severity: "error",
    message: "{workers} is no number of workers",
    hint: "Write the smallest and the largest number, `1..4`; `0..0` is a cluster of one machine.",
  },
  "databricks-workspace": {
    severity: "error",
    message: "{workspace} is no address of a Databricks workspace",
    hint: "Write it as the browser shows it, without a path: `https://adb-1234567890123456.7.azuredatabricks.net`.",
  },
  "databricks-column-name": {
    severity: "error",
    message: "no Delta table that Synapse can read has a column {name}",
    hint: "Leave blanks, braces, parentheses, commas, semicolons and equals signs out of the name.",
  },
} as const satisfies Catalog;
