/** Who is notified of failed runs: by the Databricks job, and by the alert rules of the data factory. */
import { type Diagnostic, diagnostic } from "../../diagnostics/diagnostic.ts";
import type { Program } from "../../plan/program.ts";
import { listedIn } from "../../semantics/setting-rules.ts";
import type { EnvironmentValues } from "../target.ts";
import { settingText } from "./settings.ts";

type Sender = "ingest" | "compute";

/** The services that send the notifications of each setting. */
const SENDERS: Readonly<Record<string, readonly Sender[]>> = {
  email: ["ingest", "compute"],
  webhook: ["ingest"],
  databricks_destinations: ["compute"],
};

export function notifiedEmails({ notify }: Program, environment: EnvironmentValues): readonly string[] {
  return listedIn(settingText(notify?.settings.email, environment) ?? "");
}

export function notifiedDestinations({ notify }: Program, environment: EnvironmentValues): readonly string[] {
  return listedIn(settingText(notify?.settings.databricks_destinations, environment) ?? "");
}

/** The Key Vault and the key of the webhook's URL in an environment; undefined without a webhook. */
export function notifiedWebhook(
  { notify, secrets }: Program,
  environment: EnvironmentValues,
): { readonly vault: string; readonly key: string } | undefined {
  const setting = notify?.settings.webhook;
  const secret = setting?.kind === "secret" ? secrets.find(({ name }) => name === setting.name) : undefined;
  const vault = settingText(secret?.vault, environment);
  const key = settingText(secret?.key, environment);
  return vault === undefined || key === undefined ? undefined : { vault, key };
}

/** Errors about a `notify` that notifies nobody, or by a service that the program does not have. */
export function checkNotify(program: Program): readonly Diagnostic[] {
  const { notify } = program;
  if (notify === undefined) return [];
  const given = Object.entries(SENDERS).filter(([name]) => notify.settings[name] !== undefined);
  const isNobody = given.every(([name]) => {
    const setting = notify.settings[name];
    return setting?.kind === "text" && listedIn(setting.value).length === 0;
  });
  if (isNobody) return [diagnostic("notify-nobody", notify.span, {})];
  return given
    .filter(([, senders]) => senders.every((each) => program[each] === undefined))
    .map(([name, senders]) => {
      const missing = senders.map((each) => `\`${each}\``);
      const why = `the project has ${missing.length === 1 ? "no" : "neither"} ${missing.join(" nor ")}`;
      return diagnostic("notify-unused", notify.span, { name, why });
    });
}
