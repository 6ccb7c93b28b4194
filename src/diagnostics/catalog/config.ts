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
    message: "{place} looks like a secret, and medal.json is committed with the program",
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
    message: "the param {name} has type {type}, but the value is {value}",
  },
  "config-missing-param": {
    severity: "error",
    message: "the param {name} has no value in the environment {environment}",
    hint: "Add one to medal.json under environments.{environment}.params, or give the param a default in the program.",
  },
  "config-missing-azure": {
    severity: "error",
    message: "the environment {environment} does not specify where its data factory is: fill in {missing}",
    hint: 'In medal.json, under environments.{environment}: "azure": { "subscription": "…", "resource_group": "…" }. `az account show --query id --output tsv` prints the subscription, `az group list --query "[].name" --output tsv` the resource groups. Set the params of {environment} too.',
  },
  "unknown-environment": {
    severity: "error",
    message: "medal.json has no environment {name}",
  },
  "unknown-path": {
    severity: "error",
    message: "{path} does not exist",
  },
  "no-program": {
    severity: "error",
    message: "no .medal file found in {folder}",
    hint: "`medalc init {folder}` creates a small project to start from.",
  },
  "unwritable-file": {
    severity: "error",
    message: "{path} cannot be written: {problem}",
  },
  "file-not-utf8": {
    severity: "error",
    message: "{path} is not valid UTF-8: {detail}",
    hint: "Save the file as UTF-8.",
  },
  "file-not-readable": {
    severity: "error",
    message: "{path} cannot be read: {detail}",
    hint: "Only regular files of at most 32 MB can be read, and program files must end in .medal.",
  },
  "file-outside-project": {
    severity: "error",
    message: "{path} is outside the project folder",
    hint: "A project reads only files inside its own folder and does not follow symbolic links out of it. Move or copy the file into the project.",
  },
  "file-access": {
    severity: "error",
    message: "cannot access a file or folder: {problem}",
  },
  "network-access": {
    severity: "error",
    message: "cannot use the network: {problem}",
    hint: "Check the network and the address, then run it again.",
  },
  "file-exists": {
    severity: "error",
    message: "{path} already exists and is not overwritten",
    hint: "Choose an empty folder: `medalc init FOLDER`.",
  },
  "import-no-factory": {
    severity: "error",
    message: "no data factory found in {folder}",
    hint: "Use the folder of its git repository that contains linkedService/, dataset/ and pipeline/.",
  },
  "nothing-selected": {
    severity: "error",
    message: "{selector} matches no table",
  },
  "unknown-table": {
    severity: "error",
    message: "the program has no table {name}",
  },
  "missing-table": {
    severity: "error",
    message: "no table given, only the program {path}",
    hint: "Write `medalc {command} TABLE {path}`.",
  },
  "unknown-code": {
    severity: "error",
    message: "no diagnostic has the code {code}",
  },
  "unknown-revision": {
    severity: "error",
    message: "git cannot compare with {revision}: {problem}",
  },
} as const satisfies Catalog;
