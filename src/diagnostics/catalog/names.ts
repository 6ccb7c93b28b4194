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
    message: "{name} is a function of the language and cannot be declared again",
    hint: "Give the function another name.",
  },
  "import-not-found": {
    severity: "error",
    message: "there is no file {path}",
    hint: "The path of an import is relative to the file that imports.",
  },
  "missing-project": {
    severity: "error",
    message: "the program declares no project",
    hint: 'Add `project my_lakehouse { lake = adls { account: "…", container: "…" } }`.',
  },
  "unknown-setting": { severity: "error", message: "{owner} has no setting {name}" },
  "missing-setting": {
    severity: "error",
    message: "{owner} needs the setting {name}",
    hint: "Add `{name}: {example}`.",
  },
  "invalid-setting": { severity: "error", message: "{name} must be {expected}" },
  "unknown-service": { severity: "error", message: "{name} is no {kind}; known: {known}" },
  "unknown-param": { severity: "error", message: "there is no param {name}" },
  "unknown-secret": { severity: "error", message: "there is no secret {name}" },
  "unknown-namespace": {
    severity: "error",
    message: "a setting refers to `param.NAME` or `secret.NAME`, not to {name}",
  },
  "plain-secret": {
    severity: "error",
    message: "{name} must come from a secret store, not from the text of a program",
    hint: 'Declare `secret NAME = keyvault("vault", "key")` and write `secret.NAME` here.',
  },
  "secret-in-program": {
    severity: "error",
    message: "this looks like it has a secret in it, and a program is kept in git and compiled into files",
    hint: 'Keep the value in a key vault, `secret NAME = keyvault("vault", "key")`, and write `secret.NAME` where a setting takes a secret. An address with a password, token or signature in it has no place in a program.',
  },
  "invalid-schedule": { severity: "error", message: "the schedule is not understood: {detail}" },
  "unknown-source": { severity: "error", message: "there is no source {name}" },
  "unknown-object": {
    severity: "error",
    message: "a {kind} source has no {object}; it has: {known}",
  },
  "invalid-object": { severity: "error", message: "{object} takes {expected}" },
  "unknown-relation": { severity: "error", message: "there is no {relation}" },
  "unknown-column": {
    severity: "error",
    message: "{relation} has no column {name}",
  },
  "unknown-alias": {
    severity: "error",
    message: "nothing here is called {name}",
    hint: "Before the dot stands the alias of a relation (`from silver.orders as o`) or the name of an enum.",
  },
  "ambiguous-column": {
    severity: "error",
    message: "{name} may mean several columns here: {candidates}",
    hint: "Say which one, with the alias before it.",
  },
  "duplicate-alias": {
    severity: "error",
    message: "two relations of this pipeline are called {name}",
    hint: "Give one of them another name with `as`.",
  },
  "duplicate-column": {
    severity: "error",
    message: "{relation} has two columns named {name}",
    hint: "Column names are the same without regard to case. Rename one: `other = {name}`, or choose the columns with `select`.",
  },
  "unnamed-column": {
    severity: "error",
    message: "a computed column needs a name",
    hint: "Write `name = expression`.",
  },
  "unknown-function": { severity: "error", message: "there is no function {name}" },
  "unknown-type": { severity: "error", message: "there is no type {name}" },
  "unknown-enum-value": { severity: "error", message: "{enum} has no value {name}" },
  "unknown-tag": { severity: "error", message: "there is no tag @{name}; known: {known}" },
} as const satisfies Catalog;
