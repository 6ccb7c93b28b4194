/** Names: unknown, ambiguous, declared twice; settings and imports. */
import type { Catalog } from "./entry.ts";

export const namesCatalog = {
  "duplicate-name": {
    severity: "error",
    message: "{kind} {name} is declared twice",
    hint: "Rename one of the two, or remove it.",
  },
  "reserved-name": {
    severity: "error",
    message: "{name} is a built-in function and cannot be redefined",
    hint: "Give the function another name.",
  },
  "import-not-found": {
    severity: "error",
    message: "file {path} not found",
    hint: "Import paths are relative to the importing file.",
  },
  "missing-project": {
    severity: "error",
    message: "the program declares no project",
    hint: 'Add `project my_lakehouse { lake = adls { account: "…", container: "…" } }`.',
  },
  "unknown-setting": { severity: "error", message: "{owner} has no setting {name}" },
  "missing-setting": {
    severity: "error",
    message: "{owner} is missing the setting {name}",
    hint: "Add `{name}: {example}`.",
  },
  "invalid-setting": { severity: "error", message: "{name} must be {expected}" },
  "unknown-service": { severity: "error", message: "unknown {kind} {name}; supported: {known}" },
  "unknown-param": { severity: "error", message: "unknown param {name}" },
  "unknown-secret": { severity: "error", message: "unknown secret {name}" },
  "unknown-namespace": {
    severity: "error",
    message: "a setting can refer to `param.NAME` or `secret.NAME`, not to {name}",
  },
  "plain-secret": {
    severity: "error",
    message: "{name} must come from a secret store, not from the program text",
    hint: 'Declare `secret NAME = keyvault("vault", "key")` and write `secret.NAME` here.',
  },
  "secret-in-program": {
    severity: "error",
    message: "this appears to contain a secret; programs are kept in git and compiled into files",
    hint: 'Store the value in a key vault, declare `secret NAME = keyvault("vault", "key")`, and use `secret.NAME` in settings that take a secret. URLs with a password, token or signature are not allowed in a program.',
  },
  "invalid-schedule": { severity: "error", message: "invalid schedule: {detail}" },
  "unknown-source": { severity: "error", message: "unknown source {name}" },
  "unknown-object": {
    severity: "error",
    message: "a {kind} source has no {object}; it supports: {known}",
  },
  "invalid-object": { severity: "error", message: "{object} takes {expected}" },
  "invalid-pattern": {
    severity: "error",
    message: "invalid pattern {pattern}: {problem}",
    hint: "`*` stands for characters of a name, `**` for folders, and a name in braces for a part that a column can take with `= load.NAME`.",
  },
  "unknown-relation": { severity: "error", message: "unknown table {relation}" },
  "unknown-column": {
    severity: "error",
    message: "{relation} has no column {name}",
  },
  "unknown-alias": {
    severity: "error",
    message: "unknown alias or enum {name}",
    hint: "The name before the dot must be the alias of a relation (`from silver.orders as o`) or an enum.",
  },
  "ambiguous-column": {
    severity: "error",
    message: "column {name} is ambiguous: {candidates}",
    hint: "Qualify it with an alias.",
  },
  "duplicate-alias": {
    severity: "error",
    message: "two relations in this pipeline have the name {name}",
    hint: "Rename one of them with `as`.",
  },
  "duplicate-column": {
    severity: "error",
    message: "{relation} has two columns named {name}",
    hint: "Column names are case-insensitive. Rename one: `other = {name}`, or choose the columns with `select`.",
  },
  "unnamed-column": {
    severity: "error",
    message: "a computed column needs a name",
    hint: "Write `name = expression`.",
  },
  "unknown-function": { severity: "error", message: "unknown function {name}" },
  "unknown-type": { severity: "error", message: "unknown type {name}" },
  "unknown-enum-value": { severity: "error", message: "{enum} has no value {name}" },
  "unknown-tag": { severity: "error", message: "unknown tag @{name}; supported: {known}" },
} as const satisfies Catalog;
