/** Deployments: the services, the lease, what is kept of deployments in the lake. */
import type { Catalog } from "./entry.ts";

export const deployCatalog = {
  "service-unreachable": {
    severity: "error",
    message: "{service} does not answer at {address}: {problem}",
    hint: "Compare the name with the portal's, and see whether a firewall or a private endpoint keeps this machine out.",
  },
  "service-token-refused": {
    severity: "error",
    message: "{service} does not accept the token of this identity: {problem}",
    hint: "Sign in again with `az login`, to the tenant that {service} belongs to.",
  },
  "service-forbidden": {
    severity: "error",
    message: "{service} does not let this identity {action}: {problem}",
    hint: "Let somebody who may grant it run: `{grant}`.",
  },
  "service-refused": {
    severity: "error",
    message: "{service} refused to {action}: {problem}",
    hint: "Nothing of this step was done. Mend what {service} names; the next deployment goes on from here.",
  },
  "service-busy": {
    severity: "error",
    message: "{service} was asked {tries} times to {action} and was busy each time: {problem}",
    hint: "Try again later: the next deployment goes on from here.",
  },
  "identity-missing": {
    severity: "error",
    message: "no Azure identity is signed in on this machine",
    hint: "`az login` signs you in; in CI, give the job a workload identity, or AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.",
  },
  "identity-unusable": {
    severity: "error",
    message: "{tool} is set up on this machine but gives no token: {problem}",
    hint: "Fix what it names, or sign in in another way: `az login`, or the AZURE_… variables of a service principal.",
  },
  "identity-refused": {
    severity: "error",
    message: "the identity of this machine cannot sign in to Azure: {problem}",
    hint: "Sign in again with `az login`, or fix AZURE_TENANT_ID, AZURE_CLIENT_ID and the secret, certificate or federated token.",
  },
  "endpoint-insecure": {
    severity: "error",
    message: "{endpoint} is no address that a token may be sent to",
    hint: "It has to begin with `https://` and end with the server's name; only 127.0.0.1 may go without TLS.",
  },
  "azure-name": {
    severity: "error",
    message: "`{name}` cannot be the name of {what} in Azure",
    hint: "Mend it in the program or in medal.json; a subscription is named by its id.",
  },
  "resource-group-missing": {
    severity: "error",
    message: "there is no resource group {name} in the subscription {subscription}",
    hint: "Compare the names in medal.json with the portal's; `az group create --name {name} --location …` creates one.",
  },
  "adf-trigger-running": {
    severity: "error",
    message: "the trigger {trigger} of {factory} runs, so it can neither be changed nor removed",
    hint: "Somebody started it after the plan was made: plan again, and the plan will stop and restart it.",
  },
  "adf-trigger-unsettled": {
    severity: "error",
    message: "the trigger {trigger} of {factory} was told to be {state} and is not yet",
    hint: "Data Factory still provisions it. Deploy again in some minutes, which goes on from here.",
  },
  "adf-still-referenced": {
    severity: "error",
    message: "{object} cannot be removed, because {user} refers to it",
    hint: "Take the reference out of {user}, which is not of this project, or keep what it refers to.",
  },
  "adf-reference-missing": {
    severity: "error",
    message: "{object} refers to {reference}, which is not in {factory}",
    hint: "Somebody removed it after the plan was made: plan again, and the plan will create it.",
  },
  "adf-factory-not-empty": {
    severity: "error",
    message: "the factory {factory} stays, because {count} objects are in it that are not of this project",
    hint: "Removing a factory removes all that is in it: move those objects first, or leave the factory.",
  },
  "plan-moved": {
    severity: "error",
    message: "{environment} is no longer as it was when the plan was made, so nothing was done",
    hint: "Plan again and look at what differs: somebody, or another deployment, has changed something since.",
  },
  "deploy-local": {
    severity: "error",
    message: "`local` is the environment of this machine, to which nothing is deployed",
    hint: "`medalc run` builds it. `--env` names another environment of medal.json.",
  },
  "plan-unreadable": {
    severity: "error",
    message: "{path} is no plan that this medalc saved",
    hint: "`medalc plan --out {path}` saves one. A plan that was changed by hand, or that another version wrote, is not carried out.",
  },
  "deploy-unconfirmed": {
    severity: "error",
    message: "nobody can be asked here whether to {action} {environment}, so nothing was changed",
    hint: "Look at the plan, then give `--yes`.",
  },
  "deployment-nothing-to-resume": {
    severity: "error",
    message: "the last deployment of {project} ended well: there is nothing to go on with",
    hint: "`medalc deploy` without `--resume` plans from what is there.",
  },
  "deployment-nothing-before": {
    severity: "error",
    message: "there is no deployment of {project} before the last one to go back to",
    hint: "`medalc deploy` deploys the program as it is now; `medalc destroy` removes what was deployed.",
  },
  "deployment-unfinished": {
    severity: "warning",
    message: "the deployment {id} by {identity} {how} after {done} steps{triggers}",
    hint: "`medalc deploy --resume` goes on with it, `medalc deploy --rollback` goes back to the last good one; a plain `medalc deploy` brings about the program as it is now.",
  },
  "deployment-stopped": {
    severity: "error",
    message: "the deployment was stopped: {left} steps were not begun",
    hint: "`medalc deploy --resume` goes on, `medalc deploy --rollback` goes back to the last good deployment.",
  },
  "deployment-triggers-still": {
    severity: "error",
    message: "{triggers} ran before the deployment and stand still now",
    hint: "`medalc deploy --resume` starts them as soon as the services answer; the portal does too.",
  },
  "deployment-locked": {
    severity: "error",
    message: "another deployment of {project} is at work: {holder}",
    hint: "Wait until it has ended. One that was killed lets go by itself within a minute.",
  },
  "deployment-lease-lost": {
    severity: "error",
    message: "the deployment of {project} no longer holds its lease on the lake, so it does no further step: {problem}",
    hint: "See whether another deployment is at work, then deploy again: it goes on from the journal.",
  },
  "deployment-record-unreadable": {
    severity: "error",
    message: "{path} in the lake's container is no record of a deployment: {problem}",
    hint: "It was changed by hand, or written by a newer medalc: use that one, or move the blob away to deploy without it.",
  },
} as const satisfies Catalog;
