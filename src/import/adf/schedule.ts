/** The schedule of the imported tables: the trigger that can be expressed in a program. */
import { ianaTimeZone } from "../../time-zones.ts";
import { type Copies, startsOf } from "./copies.ts";
import type { Factory, FactoryObject } from "./factory.ts";
import { elements, get, type Node, text } from "./json.ts";
import { assumed, type Notice, notImported } from "./notices.ts";

export interface ScheduleDraft {
  readonly frequency: "daily" | "hourly";
  /** `hh:mm` */
  readonly at: string;
  /** IANA name. */
  readonly timeZone: string;
}

export interface Scheduled {
  readonly schedule: ScheduleDraft | undefined;
  readonly notices: readonly Notice[];
}

/** @param pipelines lower-case names of the pipelines whose copies are imported */
export function scheduleOf(factory: Factory, copies: Copies, pipelines: ReadonlySet<string>): Scheduled {
  const notices: Notice[] = [];
  const usable: { readonly node: Node; readonly schedule: ScheduleDraft; readonly name: string }[] = [];
  const starting = factory.objects.trigger.filter(({ name, node }) => {
    const reaches = startsOf(node).some((start) => {
      const started = text(get(start, "pipelineReference", "referenceName"));
      return started !== undefined && [...copies.startedBy(started)].some((each) => pipelines.has(each));
    });
    if (!reaches) notices.push(notImported(node, `the trigger ${name} starts no imported pipeline`));
    return reaches;
  });
  for (const { name, node } of runningFirst(starting)) {
    const schedule = readSchedule(node);
    if (typeof schedule === "string") notices.push(notImported(node, `the trigger ${name}: ${schedule}`));
    else if (usable.length > 0) notices.push(notImported(node, `the trigger ${name}: a program has only one schedule`));
    else usable.push({ node, schedule, name });
  }
  const [chosen] = usable;
  if (chosen?.schedule.frequency === "hourly" && chosen.schedule.at !== "00:00") {
    notices.push(
      assumed(
        chosen.node,
        `the trigger ${chosen.name} starts some minutes after the hour; a program starts on the hour`,
      ),
    );
  }
  return { schedule: chosen?.schedule, notices };
}

function runningFirst(triggers: readonly FactoryObject[]): readonly FactoryObject[] {
  const runs = ({ node }: FactoryObject): boolean => text(get(node, "runtimeState")) === "Started";
  return [...triggers.filter(runs), ...triggers.filter((each) => !runs(each))];
}

/** A clause that says why the trigger cannot be expressed in a program. */
function readSchedule(trigger: Node): ScheduleDraft | string {
  const type = text(get(trigger, "type")) ?? "";
  if (type !== "ScheduleTrigger") return `it is a ${type}; a program supports only daily and hourly schedules`;
  const recurrence = get(trigger, "typeProperties", "recurrence");
  const frequency = text(get(recurrence, "frequency"));
  const interval = get(recurrence, "interval").value ?? 1;
  const every = typeof interval === "number" ? interval : "some";
  if (interval !== 1 || (frequency !== "Day" && frequency !== "Hour")) {
    return `it starts every ${every} ${frequency ?? "times"}; a program supports only daily and hourly schedules`;
  }
  const windows = text(get(recurrence, "timeZone")) ?? "UTC";
  const timeZone = ianaTimeZone(windows);
  if (timeZone === undefined) return `the time zone ${windows} is unknown`;
  const hours = numbersIn(get(recurrence, "schedule", "hours"));
  const minutes = numbersIn(get(recurrence, "schedule", "minutes"));
  if (hours.length > 1 || minutes.length > 1 || (frequency === "Hour" && hours.length > 0)) {
    return "it starts several times a day";
  }
  const [, hour, minute] = /T(\d\d):(\d\d)/.exec(text(get(recurrence, "startTime")) ?? "") ?? [];
  const at = `${twoDigits(hours[0] ?? hour ?? 0)}:${twoDigits(minutes[0] ?? minute ?? 0)}`;
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(at)) return "its time is not valid";
  return frequency === "Day"
    ? { frequency: "daily", at, timeZone }
    : { frequency: "hourly", at: `00:${at.slice(3)}`, timeZone };
}

function numbersIn(list: Node): readonly number[] {
  return elements(list).flatMap(({ value }) => (typeof value === "number" ? [value] : []));
}

function twoDigits(value: number | string): string {
  return String(value).padStart(2, "0");
}
