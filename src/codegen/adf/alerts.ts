/**
 * The alert rules of `notify` as an ARM template: an action group with the recipients, and metric alerts that fire when a
 * run of the program's pipeline or its trigger fails. The URL of a webhook is read from its Key Vault by the deployment, so
 * that it is in no file and on no command line.
 */
import type { Program } from "../../plan/program.ts";
import { json, type OutputFile } from "../files.ts";
import { safeName } from "../shared/names.ts";
import { notifiedEmails, notifiedWebhook } from "../shared/notify.ts";
import { requiredText } from "../shared/settings.ts";
import type { EnvironmentValues } from "../target.ts";
import type { Factory } from "./factory.ts";

const SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01";
const ACTION_GROUPS = { type: "Microsoft.Insights/actionGroups", apiVersion: "2023-01-01" };
const METRIC_ALERTS = { type: "Microsoft.Insights/metricAlerts", apiVersion: "2018-03-01" };
const FACTORY = "resourceId('Microsoft.DataFactory/factories', parameters('factoryName'))";

/** Of the name of an action group in messages. */
const LONGEST_SHORT_NAME = 12;

/** `adf/arm/alerts.json` and `adf/arm/alerts.parameters.<environment>.json`; none without `notify`. */
export function alertFiles(
  program: Program,
  factory: Factory,
  environments: readonly EnvironmentValues[],
): readonly OutputFile[] {
  const { email, webhook } = program.notify?.settings ?? {};
  if (email === undefined && webhook === undefined) return [];
  const hasWebhook = webhook !== undefined;
  const group = hasWebhook ? deploymentOf(program) : actionGroup(program, []);
  const content = {
    $schema: `${SCHEMA}/deploymentTemplate.json#`,
    contentVersion: "1.0.0.0",
    parameters: {
      ...COMMON,
      ...(hasWebhook ? OF_WEBHOOK : {}),
    },
    resources: [
      group,
      ...[
        failureAlert(program, "pipelines", "PipelineFailedRuns", factory.pipeline),
        ...(factory.trigger === undefined
          ? []
          : [failureAlert(program, "triggers", "TriggerFailedRuns", factory.trigger)]),
      ].map((alert) => ({ ...alert, dependsOn: [dependency(program, hasWebhook)] })),
    ],
  };
  return [
    { path: "adf/arm/alerts.json", text: json(content), from: ["project"] },
    ...environments.map((environment) => parameterFile(program, environment)),
  ];
}

const text = (description: string): object => ({ type: "string", metadata: { description } });

const COMMON = {
  factoryName: text("The data factory, in the resource group of the deployment."),
  environment: text("The environment; part of the names."),
  emailAddresses: { type: "array", metadata: { description: "Who gets an e-mail." } },
};

const OF_WEBHOOK = {
  keyVaultName: text("The Key Vault with the URL of the webhook. It has to allow template deployment."),
  keyVaultResourceGroup: {
    type: "string",
    defaultValue: "[resourceGroup().name]",
    metadata: { description: "The resource group of the Key Vault." },
  },
  webhookSecretName: text("The name of the secret with the URL."),
};

function groupName({ name }: Program): string {
  return `format('${safeName(name)}-{0}', parameters('environment'))`;
}

function deploymentName({ name }: Program): string {
  // Names of deployments have 64 characters at most.
  return `concat('medalc-alerts-', uniqueString('${safeName(name)}', parameters('environment')))`;
}

function dependency(program: Program, hasWebhook: boolean): string {
  return hasWebhook
    ? `[resourceId('Microsoft.Resources/deployments', ${deploymentName(program)})]`
    : `[resourceId('${ACTION_GROUPS.type}', ${groupName(program)})]`;
}

function actionGroup(program: Program, webhookReceivers: readonly object[]): object {
  return {
    ...ACTION_GROUPS,
    name: `[${groupName(program)}]`,
    location: "Global",
    properties: {
      groupShortName: safeName(program.name).slice(0, LONGEST_SHORT_NAME),
      enabled: true,
      copy: [
        {
          name: "emailReceivers",
          count: "[length(parameters('emailAddresses'))]",
          input: {
            name: "[format('email-{0}', copyIndex('emailReceivers'))]",
            emailAddress: "[parameters('emailAddresses')[copyIndex('emailReceivers')]]",
            useCommonAlertSchema: true,
          },
        },
      ],
      webhookReceivers,
    },
  };
}

/** A parameter that refers to a Key Vault by an expression exists only for a nested deployment. */
function deploymentOf(program: Program): object {
  const webhook = { name: "webhook", serviceUri: "[parameters('webhookUri')]", useCommonAlertSchema: true };
  const vault =
    "[resourceId(parameters('keyVaultResourceGroup'), 'Microsoft.KeyVault/vaults', parameters('keyVaultName'))]";
  return {
    type: "Microsoft.Resources/deployments",
    apiVersion: "2022-09-01",
    name: `[${deploymentName(program)}]`,
    properties: {
      mode: "Incremental",
      expressionEvaluationOptions: { scope: "inner" },
      parameters: {
        environment: { value: "[parameters('environment')]" },
        emailAddresses: { value: "[parameters('emailAddresses')]" },
        webhookUri: { reference: { keyVault: { id: vault }, secretName: "[parameters('webhookSecretName')]" } },
      },
      template: {
        $schema: `${SCHEMA}/deploymentTemplate.json#`,
        contentVersion: "1.0.0.0",
        parameters: {
          environment: { type: "string" },
          emailAddresses: { type: "array" },
          webhookUri: { type: "securestring" },
        },
        resources: [actionGroup(program, [webhook])],
      },
    },
  };
}

/** Fires when a run of a pipeline or trigger has failed within five minutes, and again for a failure after it resolved. */
function failureAlert(program: Program, what: string, metric: string, name: string): object {
  return {
    ...METRIC_ALERTS,
    name: `[format('${safeName(program.name)}-{0}-${what}', parameters('environment'))]`,
    location: "global",
    properties: {
      description: `A run of ${name} failed.`,
      severity: 1,
      enabled: true,
      scopes: [`[${FACTORY}]`],
      targetResourceType: "Microsoft.DataFactory/factories",
      evaluationFrequency: "PT1M",
      windowSize: "PT5M",
      autoMitigate: true,
      criteria: {
        "odata.type": "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
        allOf: [
          {
            criterionType: "StaticThresholdCriterion",
            name: "failed",
            metricNamespace: "Microsoft.DataFactory/factories",
            metricName: metric,
            // Other projects may share the factory.
            dimensions: [{ name: "Name", operator: "Include", values: [name] }],
            operator: "GreaterThan",
            threshold: 0,
            timeAggregation: "Total",
          },
        ],
      },
      actions: [{ actionGroupId: `[resourceId('${ACTION_GROUPS.type}', ${groupName(program)})]` }],
    },
  };
}

function parameterFile(program: Program, environment: EnvironmentValues): OutputFile {
  const { ingest } = program;
  if (ingest === undefined) throw new Error("the program has no data factory");
  const webhook = notifiedWebhook(program, environment);
  const content = {
    $schema: `${SCHEMA}/deploymentParameters.json#`,
    contentVersion: "1.0.0.0",
    parameters: {
      factoryName: { value: requiredText(ingest.settings, "name", environment) },
      environment: { value: safeName(environment.name) },
      emailAddresses: { value: notifiedEmails(program, environment) },
      ...(webhook === undefined
        ? {}
        : { keyVaultName: { value: webhook.vault }, webhookSecretName: { value: webhook.key } }),
    },
  };
  return { path: `adf/arm/alerts.parameters.${environment.name}.json`, text: json(content), from: ["project"] };
}
