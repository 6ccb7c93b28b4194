/** What stands between a program and its deployment. */
import type { Catalog } from "./entry.ts";

export const planCatalog = {
  "plan-unmarked": {
    severity: "error",
    message: "{key} is in the way: it does not carry the mark of the project {project}",
    hint: "Rename or remove it, or let the project take it over and set all of it: `--adopt {key}`.",
  },
  "plan-other-project": {
    severity: "error",
    message: "{key} belongs to the project {owner}",
    hint: "Choose another name for what it is made of; where {owner} is no more, take it over: `--adopt {key}`.",
  },
  "plan-differs": {
    severity: "error",
    message: "{key} is there already, and is not as the program needs it",
    hint: "Others may stand on it. Where nobody else does, let the project change it: `--adopt {key}`.",
  },
  "plan-other-environment": {
    severity: "error",
    message: "the lake of {environment} is the one that {other} is deployed with",
    hint: "Give each environment a storage account or a container of its own. Where {other} was only renamed, remove `current.json` of {project} from the folder `.medalc` of the lake's container.",
  },
  "plan-table-wanted": {
    severity: "error",
    message: "the program makes {table}, so its rows are not removed",
    hint: "Take the table out of the program first, or give `--allow-destroy` to `medalc destroy`.",
  },
  "plan-table-unknown": {
    severity: "error",
    message: "there are no rows of {table} in the lake of {environment}",
    hint: "Tables are named with their layer, as gold.orders; `medalc plan` names those whose folder stays.",
  },
  "plan-adopt-unknown": {
    severity: "error",
    message: "there is nothing to adopt under the name {key}",
    hint: "`medalc plan` names what is in the way; only what is there and wanted can be taken over.",
  },
  "plan-still-used": {
    severity: "error",
    message: "{key} is no longer wanted, but {user} uses it and stays: {why}",
    hint: "Remove the reference from {user}, or keep {key} in the program.",
  },
} as const satisfies Catalog;
