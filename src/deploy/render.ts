/** A plan as text: what users of Terraform expect, and what it does to their data. */
import { visible } from "../diagnostics/render-excerpt.ts";
import type { Blocked, Change, DeployPlan, PlanWarning } from "./deploy-plan.ts";
import type { Difference } from "./diff.ts";
import { effectText } from "./effects.ts";
import { isObject } from "./json.ts";
import { isGround } from "./mark.ts";
import { idOfKey, type Json, type ServiceId } from "./object.ts";
import type { Step } from "./order.ts";

export const SERVICE_NAMES: Readonly<Record<ServiceId, string>> = {
  storage: "Storage",
  databricks: "Databricks",
  adf: "Data Factory",
  synapse: "Synapse",
};

export type Sign = "+" | "~" | "-" | "!";

const SIGNS: Readonly<Record<Change["action"], Sign>> = { add: "+", change: "~", adopt: "~", destroy: "-" };

/** Values longer than this are cut: the files of the output have them whole. */
const LONGEST_VALUE = 100;
/** Lines of a text that are shown at most. */
const MOST_LINES = 30;

export interface Style {
  /** Of lines that begin with a sign, for terminals. */
  readonly paint?: (sign: Sign, text: string) => string;
}

interface Line {
  readonly sign?: Sign;
  readonly text: string;
}

/** Ends with the line `Plan: a to add, c to change, d to destroy.` What services say cannot act on the terminal. */
export function renderPlan(plan: DeployPlan, { paint = (_, text) => text }: Style = {}): string {
  const { changes, blocked, warnings } = plan;
  const services = [...new Set(changes.map(({ service }) => service))];
  const sections: (readonly Line[])[] = services.map((service) => [
    { text: SERVICE_NAMES[service] },
    ...changes.filter((each) => each.service === service).flatMap(changeLines),
  ]);
  if (blocked.length > 0) sections.push([{ text: "In the way" }, ...blocked.map(blockedLine)]);
  if (warnings.length > 0)
    sections.push([{ text: "Warnings" }, ...warnings.flatMap(warningLines), ...stayLines(warnings)]);
  if (sections.length === 0) sections.push([{ text: `${plan.environment} is as the program says.` }]);
  const shown = ({ sign, text }: Line): string => {
    const safe = visible(text.replaceAll("\t", "    ")).trimEnd();
    return `${sign === undefined ? safe : paint(sign, safe)}\n`;
  };
  return [...sections, [{ text: summary(plan) }]].map((lines) => lines.map(shown).join("")).join("\n");
}

/** `Plan: 1 to add, 2 to change, 0 to destroy.`; what is taken over is changed. */
export function summary(plan: DeployPlan): string {
  const { added, changed, destroyed } = counts(plan);
  return `Plan: ${added} to add, ${changed} to change, ${destroyed} to destroy.`;
}

/** `Deployed: 1 added, 2 changed, 0 destroyed.` */
export function doneSummary(plan: DeployPlan): string {
  const { added, changed, destroyed } = counts(plan);
  return `Deployed: ${added} added, ${changed} changed, ${destroyed} destroyed.`;
}

function counts({ changes }: DeployPlan) {
  const count = (sign: Sign): number => changes.filter(({ action }) => SIGNS[action] === sign).length;
  return { added: count("+"), changed: count("~"), destroyed: count("-") };
}

/** `change pipeline pl_olist` */
export function stepText({ action, key }: Pick<Step, "action" | "key">): string {
  const { kind, name } = idOfKey(key);
  return visible(`${action} ${wordOf(kind)} ${name}`);
}

function changeLines({ action, kind, name, differences, effects }: Change): readonly Line[] {
  const sign = SIGNS[action];
  const note = action === "adopt" ? ", taken over" : "";
  const effect = effects.length > 0 ? effects.map(effectText) : action === "change" ? ["no data effect"] : [];
  return [
    { sign, text: `  ${sign} ${wordOf(kind)} ${name}${note}` },
    ...differences.flatMap(differenceLines),
    ...effect.map((text) => ({ text: `      ${text}` })),
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
  const all = lines.split("\n").filter((line) => line !== "");
  const shown = all.length > MOST_LINES ? all.slice(0, MOST_LINES - 1) : all;
  const left = all.length - shown.length;
  return [...shown, ...(left > 0 ? [`… and ${left} more lines`] : [])].map((line) => {
    const sign = line.startsWith("+") ? "+" : line.startsWith("-") ? "-" : undefined;
    return { ...(sign ? { sign } : {}), text: `        ${line}` };
  });
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

function blockedLine({ key, kind, project }: Blocked): Line {
  if (project !== undefined) return { sign: "!", text: `  ! ${key} belongs to the project ${project}` };
  const why = isGround({ kind }) ? "is there, and not as the program needs it" : "carries no mark of the project";
  return { sign: "!", text: `  ! ${key} ${why}` };
}

/** Often many: they are told of together. */
function stayLines(warnings: readonly PlanWarning[]): readonly Line[] {
  const keys = warnings.flatMap(({ kind, key }) => (kind === "stays" ? [key] : []));
  if (keys.length === 0) return [];
  const line: Line = { sign: "!", text: "  ! no longer needed, and left because others may stand on it:" };
  return [line, ...keys.map((key) => ({ text: `      ${key}` }))];
}

function warningLines(warning: PlanWarning): readonly Line[] {
  const line = (text: string): Line => ({ sign: "!", text: `  ! ${warning.key} ${text}` });
  switch (warning.kind) {
    case "drift":
      return [line("was changed by hand since the last deployment:"), ...warning.differences.flatMap(differenceLines)];
    case "gone":
      return [line("was removed by hand since the last deployment")];
    case "stays":
      return [];
    default:
      return warning satisfies never;
  }
}
