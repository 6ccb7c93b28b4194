/** Renders a plan as text, in the format of Terraform, with its effects on data. */
import { visible } from "../diagnostics/render-excerpt.ts";
import type { Blocked, Change, DeployPlan, PlanWarning } from "./deploy-plan.ts";
import type { Difference } from "./diff.ts";
import { effectText } from "./effects.ts";
import { isObject } from "./json.ts";
import { idOfKey, type Json, type ObjectKey, SERVICES, type ServiceId } from "./object.ts";
import type { Step } from "./order.ts";
import { isGround } from "./ownership.ts";

export const SERVICE_NAMES: Readonly<Record<ServiceId, string>> = {
  storage: "Storage",
  databricks: "Databricks",
  adf: "Data Factory",
  synapse: "Synapse",
};

export type Sign = "+" | "~" | "-" | "!";

const SIGNS: Readonly<Record<Change["action"], Sign>> = { add: "+", change: "~", adopt: "~", destroy: "-" };

/** Longer values are truncated; the output files have them in full. */
const LONGEST_VALUE = 100;
/** Longer texts are truncated to this number of lines. */
const MOST_LINES = 30;
/** Lists of names wrap before this column. */
const LIST_WIDTH = 110;

export interface Style {
  /** Colors a line that starts with a sign, on terminals. */
  readonly paint?: (sign: Sign, text: string) => string;
}

interface Line {
  readonly sign?: Sign;
  readonly text: string;
}

/** Ends with `Plan: a to add, c to change, d to destroy.` Control characters in texts of services are made visible. */
export function renderPlan(plan: DeployPlan, { paint = (_, text) => text }: Style = {}): string {
  const { project, environment, blocked, warnings } = plan;
  const warned = warnings.flatMap(warningLines);
  const kept = keptLines(plan);
  const sections: readonly (readonly Line[])[] = [
    ...SERVICES.map((service) => serviceLines(plan, service)),
    ...(blocked.length > 0 ? [[{ text: "Conflicts" }, ...blocked.map(blockedLine)]] : []),
    ...(warned.length > 0 ? [[{ text: "Warnings" }, ...warned]] : []),
    ...(kept.length > 0 ? [[{ text: "Kept" }, ...kept]] : []),
  ].filter((lines) => lines.length > 0);
  const head = sections.length > 0 ? `${project} in ${environment}` : nothingText(plan);
  const shown = ({ sign, text }: Line): string => {
    const safe = visible(text.replaceAll("\t", "    ")).trimEnd();
    return `${sign === undefined ? safe : paint(sign, safe)}\n`;
  };
  return [[{ text: head }], ...sections, [{ text: summary(plan) }]]
    .map((lines) => lines.map(shown).join(""))
    .join("\n");
}

function nothingText({ environment, bundle }: DeployPlan): string {
  return bundle.objects.length === 0
    ? `Nothing to destroy in ${environment}.`
    : `No changes. ${environment} is up to date.`;
}

/** `Plan: 1 to add, 2 to change, 0 to destroy.`; adopted objects count as changed. */
export function summary(plan: DeployPlan): string {
  const { added, changed, destroyed } = counts(plan);
  return `Plan: ${added} to add, ${changed} to change, ${destroyed} to destroy.`;
}

/** `Done: 1 added, 2 changed, 0 destroyed.` */
export function doneSummary(plan: DeployPlan): string {
  const { added, changed, destroyed } = counts(plan);
  return `Done: ${added} added, ${changed} changed, ${destroyed} destroyed.`;
}

function counts({ changes }: DeployPlan) {
  const count = (sign: Sign): number => changes.filter(({ action }) => SIGNS[action] === sign).length;
  return { added: count("+"), changed: count("~"), destroyed: count("-") };
}

/** `change pipeline pl_olist` */
export function stepText({ action, key }: Pick<Step, "action" | "key">): string {
  return visible(`${action} ${nameText(key)}`);
}

/** `pipeline pl_olist` */
function nameText(key: ObjectKey): string {
  const { kind, name } = idOfKey(key);
  return `${wordOf(kind)} ${name}`;
}

/** Empty if the plan changes and stops nothing in the service. */
function serviceLines({ changes, steps }: DeployPlan, service: ServiceId): readonly Line[] {
  const ours = changes.filter((each) => each.service === service);
  const changed = new Set(ours.map(({ key }) => key));
  const held = steps.filter(({ action, key }) => action === "stop" && !changed.has(key) && isOf(key, service));
  const lines = [
    ...ours.flatMap((each) => changeLines(each, steps)),
    ...held.map(({ key }) => ({ text: `    ${nameText(key)} ${HELD}` })),
  ];
  return lines.length === 0 ? [] : [{ text: SERVICE_NAMES[service] }, ...lines];
}

const HELD = "stopped during the deployment";

function isOf(key: ObjectKey, service: ServiceId): boolean {
  return idOfKey(key).service === service;
}

function changeLines(
  { action, key, kind, name, differences, effects }: Change,
  steps: readonly Step[],
): readonly Line[] {
  const sign = SIGNS[action];
  const note = action === "adopt" ? " (adopted)" : "";
  const texts = effects.filter((each) => each.kind !== "keeps-folder").map(effectText);
  const effect = texts.length === 0 && action === "change" ? ["no effect on data"] : texts;
  const runs = new Set(steps.filter((step) => step.key === key).map((step) => step.action));
  return [
    { sign, text: `  ${sign} ${wordOf(kind)} ${name}${note}` },
    ...differences.flatMap(differenceLines),
    ...effect.map((text) => ({ text: `      ${text}` })),
    ...(runs.has("stop") && action !== "destroy" ? [{ text: `      ${HELD}` }] : []),
    ...(runs.has("start") && action === "add" ? [{ text: "      started at the end of the deployment" }] : []),
  ];
}

/** `linked service` */
function wordOf(kind: Change["kind"]): string {
  return kind.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function differenceLines({ path, before, after, lines }: Difference): readonly Line[] {
  const line = (text: string): readonly Line[] => [{ text: `      ${path}${text}` }];
  if (lines !== undefined) return [...line(":"), ...textLines(lines)];
  if (before === undefined) return line(`${itemText(after)} added`);
  if (after === undefined) return line(`${itemText(before)} removed`);
  return line(`: ${valueText(before)} → ${valueText(after)}`);
}

function textLines(lines: string): readonly Line[] {
  const all = lines.trimEnd().split("\n");
  const shown = all.length > MOST_LINES ? all.slice(0, MOST_LINES - 1) : all;
  const left = all.length - shown.length;
  return [...shown, ...(left > 0 ? [`… and ${left} more lines`] : [])].map((line) => {
    const sign = line.startsWith("+") ? "+" : line.startsWith("-") ? "-" : undefined;
    return { ...(sign ? { sign } : {}), text: `        ${line}` };
  });
}

/** The added or removed value, if it fits on the line; an activity has its name in the path. */
function itemText(value: Json | undefined): string {
  return isObject(value) ? "" : `: ${valueText(value)}`;
}

function valueText(value: Json | undefined): string {
  if (value === true) return "yes";
  if (value === false) return "no";
  const text = typeof value === "string" && !/^\s|\s$|^$|\n/.test(value) ? value : JSON.stringify(value ?? null);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 1)}…` : text;
}

function blockedLine({ key, kind, project }: Blocked): Line {
  if (project !== undefined) return { sign: "!", text: `  ! ${key} belongs to the project ${project}` };
  const why = isGround({ kind })
    ? "already exists and differs from what the program needs"
    : "already exists without the project's ownership mark";
  return { sign: "!", text: `  ! ${key} ${why}` };
}

/** Of one kind. */
const MOST_KEPT = 200;

/** Often many, so they are listed together. */
function keptLines({ changes, warnings }: DeployPlan): readonly Line[] {
  const folders = changes.flatMap(({ effects }) => effects.filter(({ kind }) => kind === "keeps-folder"));
  const tables = folders.map(({ table }) => table);
  const keysOf = (kind: PlanWarning["kind"]): readonly Line[] => {
    const keys = warnings.flatMap((each) => (each.kind === kind ? [each.key] : []));
    const shown = keys.length > MOST_KEPT ? keys.slice(0, MOST_KEPT - 1) : keys;
    const left = keys.length - shown.length;
    return [...shown, ...(left > 0 ? [`… and ${left} more`] : [])].map((text) => ({ text: `      ${text}` }));
  };
  const section = (text: string, kind: PlanWarning["kind"]): readonly Line[] => {
    const lines = keysOf(kind);
    return lines.length === 0 ? [] : [{ text: `  ${text}:` }, ...lines];
  };
  const rows = "  rows in the lake (delete those of a table with `--allow-destroy TABLE`):";
  return [
    ...(tables.length === 0 ? [] : [{ text: rows }, ...listLines(tables)]),
    ...section("shared objects that others may use", "stays"),
    ...section("folders that contain objects of others", "folder"),
    ...section("objects of others in these folders", "foreign"),
    ...section(
      "marked as the project's but created by no deployment (copies?); delete them manually if unused",
      "copy",
    ),
  ];
}

function listLines(names: readonly string[]): readonly Line[] {
  const lines: string[] = [];
  for (const name of names) {
    const last = lines.at(-1);
    if (last === undefined || last.length + name.length + 3 > LIST_WIDTH) lines.push(`      ${name}`);
    else lines[lines.length - 1] = `${last}, ${name}`;
  }
  return lines.map((text) => ({ text }));
}

function warningLines(warning: PlanWarning): readonly Line[] {
  const line = (text: string): Line => ({ sign: "!", text: `  ! ${warning.key} ${text}` });
  switch (warning.kind) {
    case "drift":
      return [line("was changed outside of deployments:"), ...warning.differences.flatMap(differenceLines)];
    case "gone":
      return [line("was deleted outside of deployments")];
    case "pending":
      return [line("is changed by the next run:"), ...warning.differences.flatMap(differenceLines)];
    case "held":
      return [line("is stopped and stays stopped; start it with `--start-triggers`")];
    case "stays":
    case "folder":
    case "foreign":
    case "copy":
      return [];
    default:
      return warning satisfies never;
  }
}
