/** Deployments: the services, the lease, the deployment records in the lake. */
import type { Catalog } from "./entry.ts";

export const deployCatalog = {
  "service-unreachable": {
    severity: "error",
    message: "{service} does not respond at {address}: {problem}",
    hint: "Check the name against the Azure portal, and check whether a firewall or a private endpoint blocks this machine.",
  },
  "service-token-refused": {
    severity: "error",
    message: "{service} rejected the access token of this identity: {problem}",
    hint: "Sign in again with `az login`, to the tenant that {service} belongs to.",
  },
  "service-forbidden": {
    severity: "error",
    message: "this identity does not have permission to {action} in {service}: {problem}",
    hint: "Ask an administrator to run: `{grant}`.",
  },
  "service-refused": {
    severity: "error",
    message: "{service} refused to {action}: {problem}",
    hint: "This step changed nothing. Fix the problem that {service} reports; the next deployment continues from here.",
  },
  "service-busy": {
    severity: "error",
    message: "{service} was still busy after {tries} attempts to {action}: {problem}",
    hint: "Try again later: the next deployment continues from here.",
  },
  "identity-missing": {
    severity: "error",
    message: "no Azure identity is signed in on this machine",
    hint: "`az login` signs you in; in CI, give the job a workload identity, or AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.",
  },
  "identity-unusable": {
    severity: "error",
    message: "{tool} is set up on this machine but does not return a token: {problem}",
    hint: "Fix the reported problem, or sign in another way: `az login`, or the AZURE_… variables of a service principal.",
  },
  "identity-refused": {
    severity: "error",
    message: "the identity of this machine cannot sign in to Azure: {problem}",
    hint: "Sign in again with `az login`, or fix AZURE_TENANT_ID, AZURE_CLIENT_ID and the secret, certificate or federated token.",
  },
  "endpoint-insecure": {
    severity: "error",
    message: "tokens cannot be sent to {endpoint}",
    hint: "It has to start with `https://` and end with the host name; only 127.0.0.1 may be used without TLS.",
  },
  "azure-name": {
    severity: "error",
    message: "`{name}` is not a valid name for {what} in Azure",
    hint: "Fix it in the program or in medal.json; a subscription is given by its ID.",
  },
  "resource-group-missing": {
    severity: "error",
    message: "the resource group {name} does not exist in the subscription {subscription}",
    hint: "Check the names in medal.json against the Azure portal; `az group create --name {name} --location …` creates one.",
  },
  "access-missing": {
    severity: "error",
    message: "{who} does not have {what}, which it needs to {purpose}: {problem}",
    hint: "Ask an administrator to run: `{grant}`.",
  },
  "access-unchecked": {
    severity: "warning",
    message: "{what} cannot be checked: {problem}",
    hint: "To have it checked, run: `{grant}`.",
  },
  "first-run-fails": {
    severity: "warning",
    message: "the first run would fail: {problem}",
    hint: "Ask an administrator to run: `{grant}`.",
  },
  "synapse-user-unresolved": {
    severity: "error",
    message:
      "the database user {name} cannot be created, because Synapse does not find that identity in Entra ID: {problem}",
    hint: "Deploy as a user who is an administrator of the pool, or give the workspace's identity the role Directory Readers: docs/azure.md has the command.",
  },
  "adf-trigger-running": {
    severity: "error",
    message: "the trigger {trigger} of {factory} is running, so it can be neither changed nor deleted",
    hint: "It was started after the plan was made: plan again, and the new plan stops and restarts it.",
  },
  "adf-trigger-unsettled": {
    severity: "error",
    message: "the trigger {trigger} of {factory} has not reached the state {state}",
    hint: "Data Factory is still provisioning it. Deploy again in a few minutes to continue from here.",
  },
  "adf-job-missing": {
    severity: "error",
    message: "the pipeline {pipeline} runs the Databricks job {job}, which does not exist",
    hint: "Somebody deleted it during the deployment; `medalc deploy` creates it again.",
  },
  "adf-still-referenced": {
    severity: "error",
    message: "{object} cannot be deleted, because {user} references it",
    hint: "Remove the reference from {user}, which does not belong to this project, or keep {object} in the program.",
  },
  "adf-reference-missing": {
    severity: "error",
    message: "{object} references {reference}, which does not exist in {factory}",
    hint: "It was deleted after the plan was made: plan again, and the new plan creates it.",
  },
  "adf-factory-not-empty": {
    severity: "error",
    message: "the factory {factory} cannot be deleted: it contains {count} objects that do not belong to this project",
    hint: "Deleting a factory deletes everything in it: move those objects first, or keep the factory.",
  },
  "plan-moved": {
    severity: "error",
    message: "{environment} has changed since the plan was made, so nothing was deployed",
    hint: "Plan again and review the differences: a person or another deployment changed something in the meantime.",
  },
  "deploy-local": {
    severity: "error",
    message: "`local` is the environment of this machine and cannot be deployed to",
    hint: "Build it with `medalc run`, or choose another environment of medal.json with `--env`.",
  },
  "plan-unreadable": {
    severity: "error",
    message: "{path} is not a plan saved by this version of medalc",
    hint: "Save one with `medalc plan --out {path}`. A plan that was edited, or saved by another version, is not applied.",
  },
  "deploy-unconfirmed": {
    severity: "error",
    message: "cannot ask for confirmation to {action} {environment} without a terminal, so nothing was changed",
    hint: "Review the plan, then pass `--yes`.",
  },
  "deployment-nothing-to-resume": {
    severity: "error",
    message: "the last deployment of {project} completed: there is nothing to resume",
    hint: "`medalc deploy` without `--resume` plans from the current state.",
  },
  "deployment-nothing-before": {
    severity: "error",
    message: "{project} has no earlier deployment to roll back to",
    hint: "`medalc deploy` deploys the current program; `medalc destroy` removes what was deployed.",
  },
  "deployment-unfinished": {
    severity: "warning",
    message: "deployment {id} by {identity} {how}, after {done} steps{triggers}",
    hint: "`medalc deploy --resume` completes it, `medalc deploy --rollback` restores the last successful one, and `medalc deploy` deploys the current program.",
  },
  "deployment-stopped": {
    severity: "error",
    message: "the deployment was interrupted: {left} steps were not started",
    hint: "`medalc deploy --resume` continues, `medalc deploy --rollback` restores the last successful deployment.",
  },
  "deployment-triggers-still": {
    severity: "error",
    message: "triggers that ran before the deployment are still stopped: {triggers}",
    hint: "Run `medalc deploy --resume` once the services respond, or start them in the portal.",
  },
  "deployment-locked": {
    severity: "error",
    message: "another deployment of {project} is in progress: {holder}",
    hint: "Wait until it has finished. The lease of a deployment that was killed expires within a minute.",
  },
  "deployment-lease-lost": {
    severity: "error",
    message: "the deployment of {project} lost its lease on the lake and stopped before the next step: {problem}",
    hint: "Check whether another deployment is in progress, then deploy again: it continues from the journal.",
  },
  "deployment-record-unreadable": {
    severity: "error",
    message: "{path} in the lake's container is not a valid deployment record: {problem}",
    hint: "It was edited, or written by a newer version of medalc: use that version, or move the blob away to deploy without it.",
  },
} as const satisfies Catalog;
