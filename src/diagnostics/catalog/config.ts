/** Configuration, command line and files. */
import type { Catalog } from "./entry.ts";

export const configCatalog = {
  "config-syntax": {
    severity: "error",
    message: "medal.json is not valid JSON: {problem}",
  },
  "config-invalid": {
    severity: "error",
    message: "{place} {problem}",
  },
  "config-unknown-property": {
    severity: "error",
    message: "{place} has no property {name}",
  },
  "config-secret": {
    severity: "error",
    message: "{place} looks like a secret, and medal.json is kept with the program",
    hint: "Declare it in the program, `secret NAME = keyvault(…)`; local runs read it from the environment variable MEDAL_SECRET_NAME.",
  },
  "config-unknown-param": {
    severity: "error",
    message: "the program has no param {name}",
  },
  "config-unknown-source": {
    severity: "error",
    message: "the program has no source {name}",
  },
  "config-unknown-setting": {
    severity: "error",
    message: "the source {source} is {kind} and has no property {name}",
  },
  "config-param-type": {
    severity: "error",
    message: "the param {name} is {type}, and {value} is not",
  },
  "config-missing-param": {
    severity: "error",
    message: "the param {name} has no value in the environment {environment}",
    hint: "Write one in medal.json under environments.{environment}.params, or give the param a default in the program.",
  },
  "config-missing-azure": {
    severity: "error",
    message: "the environment {environment} does not say where its data factory is: fill in {missing}",
    hint: 'In medal.json, under environments.{environment}: "azure": { "subscription": "…", "resource_group": "…" }. `az account show --query id --output tsv` prints the subscription, `az group list --query "[].name" --output tsv` the resource groups. The params of {environment} have to be yours too.',
  },
  "unknown-environment": {
    severity: "error",
    message: "there is no environment {name}",
  },
  "unknown-path": {
    severity: "error",
    message: "there is no file or folder {path}",
  },
  "no-program": {
    severity: "error",
    message: "there is no .medal file in {folder}",
    hint: "`medalc init {folder}` writes a small project to start from.",
  },
  "unwritable-file": {
    severity: "error",
    message: "{path} cannot be written: {problem}",
  },
  "file-not-utf8": {
    severity: "error",
    message: "{path} is not a UTF-8 text: {detail}",
    hint: "Save the file as UTF-8; nothing of it was read.",
  },
  "file-not-readable": {
    severity: "error",
    message: "{path} is not read: {detail}",
    hint: "Only regular files of at most 32 MB are read, and programs only where their names end in .medal.",
  },
  "file-outside-project": {
    severity: "error",
    message: "{path} lies outside of the project's folder",
    hint: "A project reads only files below its own folder, and follows no symbolic link out of it. Move or copy the file into the project.",
  },
  "file-access": {
    severity: "error",
    message: "a file or folder cannot be used: {problem}",
  },
  "network-access": {
    severity: "error",
    message: "the network cannot be used: {problem}",
    hint: "Check the network and the address, then run it again.",
  },
  "file-exists": {
    severity: "error",
    message: "{path} is there already, and nothing is replaced",
    hint: "Choose an empty folder: `medalc init FOLDER`.",
  },
  "import-no-factory": {
    severity: "error",
    message: "there is no data factory in {folder}",
    hint: "Name the folder of its git repository that has linkedService/, dataset/ and pipeline/ in it.",
  },
  "nothing-selected": {
    severity: "error",
    message: "{selector} matches no table",
  },
  "unknown-table": {
    severity: "error",
    message: "there is no table {name}",
  },
  "missing-table": {
    severity: "error",
    message: "no table is named, only the program {path}",
    hint: "Write `medalc {command} TABLE {path}`.",
  },
  "unknown-code": {
    severity: "error",
    message: "there is no diagnostic with the code {code}",
  },
  "unknown-revision": {
    severity: "error",
    message: "git cannot compare with {revision}: {problem}",
  },
} as const satisfies Catalog;
