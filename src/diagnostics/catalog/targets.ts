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
  "output-path-twice": {
    severity: "error",
    message: "{targets} both write {path}",
    hint: "Give one of the declarations that it is made from another name.",
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
  "synapse-folder-name": {
    severity: "error",
    message: "no view can read the folder of {name}",
    hint: "The name becomes a folder: leave out / \\ * ? # %, and blanks or dots at its ends.",
  },
  "synapse-too-many-columns": {
    severity: "error",
    message: "{name} has {count} columns; a view has at most 1024",
    hint: "Select the columns that are needed, or split the table.",
  },
} as const satisfies Catalog;
