/** A plan as text: what users of Terraform expect, and what it does to their data. */
import type { Change, DeployPlan, PlanWarning } from "./deploy-plan.ts";
import type { Difference } from "./diff.ts";
import { effectText } from "./effects.ts";
import { isObject } from "./json.ts";
import type { Json, ServiceId } from "./object.ts";

const SERVICE_NAMES: Readonly<Record<ServiceId, string>> = {
  storage: "Storage",
  databricks: "Databricks",
  adf: "Data Factory",
  synapse: "Synapse",
};

const SIGNS: Readonly<Record<Change["action"], "+" | "~" | "-">> = { add: "+", change: "~", adopt: "~", destroy: "-" };

/** Values longer than this are cut: the files of the output have them whole. */
const LONGEST_VALUE = 100;
/** Lines of a text that are shown at most. */
const MOST_LINES = 30;

export interface Style {
  /** Of a line, by its first sign. */
  readonly paint?: (sign: "+" | "~" | "-" | "!", text: string) => string;
}

/** Ends with the line `Plan: a to add, c to change, d to destroy.` */
export function renderPlan(plan: DeployPlan, { paint = (_, text) => text }: Style = {}): string {
  const services = [...new Set(plan.changes.map(({ service }) => service))];
  const sections = services.map((service) => [
    SERVICE_NAMES[service],
    ...plan.changes.filter((each) => each.service === service).flatMap((change) => changeLines(change, paint)),
  ]);
  if (plan.blocked.length > 0) {
    sections.push(["In the way", ...plan.blocked.map((each) => paint("!", `  ! ${blockedText(each)}`))]);
  }
  if (plan.warnings.length > 0) sections.push(["Warnings", ...plan.warnings.flatMap(warningLines)]);
  if (sections.length === 0) sections.push([`${plan.environment} is as the program says.`]);
  return [...sections, [summary(plan)]].map((lines) => `${lines.join("\n")}\n`).join("\n");
}

/** `Plan: 1 to add, 2 to change, 0 to destroy.`; what is taken over is changed. */
export function summary({ changes }: DeployPlan): string {
  const count = (sign: string): number => changes.filter(({ action }) => SIGNS[action] === sign).length;
  return `Plan: ${count("+")} to add, ${count("~")} to change, ${count("-")} to destroy.`;
}

function changeLines(change: Change, paint: NonNullable<Style["paint"]>): readonly string[] {
  const { action, kind, name, differences, effects } = change;
  const sign = SIGNS[action];
  const note = action === "adopt" ? ", taken over" : "";
  const effect = effects.length > 0 ? effects.map(effectText) : action === "change" ? ["no data effect"] : [];
  return [
    paint(sign, `  ${sign} ${wordOf(kind)} ${name}${note}`),
    ...differences.flatMap((each) => differenceLines(each, "      ")),
    ...effect.map((text) => `      ${text}`),
  ];
}

/** `linked service` */
function wordOf(kind: Change["kind"]): string {
  return kind.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function differenceLines({ path, before, after, lines }: Difference, indent: string): readonly string[] {
  if (lines !== undefined) return [`${indent}${path}:`, ...textLines(lines, `${indent}  `)];
  if (before === undefined) return [`${indent}${path}${itemText(after)} added`];
  if (after === undefined) return [`${indent}${path}${itemText(before)} removed`];
  return [`${indent}${path}: ${valueText(before)} → ${valueText(after)}`];
}

function textLines(lines: string, indent: string): readonly string[] {
  const all = lines.split("\n").filter((line) => line !== "");
  const shown = all.length > MOST_LINES ? all.slice(0, MOST_LINES - 1) : all;
  const left = all.length - shown.length;
  return [...shown, ...(left > 0 ? [`… and ${left} more lines`] : [])].map((line) => `${indent}${line}`.trimEnd());
}

/** What came or went, where it fits on the line; an activity has its name in the path. */
function itemText(value: Json | undefined): string {
  return isObject(value) ? "" : `: ${valueText(value)}`;
}

function valueText(value: Json | undefined): string {
  if (value === true) return "yes";
  if (value === false) return "no";
  const text = typeof value === "string" && !/^\s|\s$|^$|\n/.test(value) ? value : JSON.stringify(value ?? null);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 1)}…` : text;
}

function blockedText({ key, project }: DeployPlan["blocked"][number]): string {
  return project === undefined ? `${key} carries no mark of the project` : `${key} belongs to the project ${project}`;
}

function warningLines(warning: PlanWarning): readonly string[] {
  const { key } = warning;
  switch (warning.kind) {
    case "drift":
      return [
        `  ! ${key} was changed by hand since the last deployment:`,
        ...warning.differences.flatMap((each) => differenceLines(each, "      ")),
      ];
    case "gone":
      return [`  ! ${key} was removed by hand since the last deployment`];
    case "stays":
      return [`  ! ${key} is no longer needed and stays: others may stand on it`];
    default:
      return warning satisfies never;
  }
}
