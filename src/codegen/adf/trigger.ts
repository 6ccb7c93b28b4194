import type { SchedulePlan } from "../../plan/program.ts";
import { windowsTimeZone } from "../../time-zones.ts";
import { createNames } from "../shared/names.ts";
import { type Build, type Resource, reference } from "./model.ts";

/** The start of the schedule: a fixed date in the past, the same in every build. */
const FIRST_DAY = "2024-01-01";

/** New triggers are stopped; a deployment starts them at the end. */
export function buildTrigger(schedule: SchedulePlan, project: string, pipeline: string, build: Build): Resource {
  const { frequency, at, timeZone, span } = schedule;
  const [hours, minutes] = at.split(":").map(Number);
  const windows = windowsTimeZone(timeZone);
  if (windows === undefined) throw new Error(`Windows does not know the time zone ${timeZone}`);
  const daily = frequency === "daily";
  return build.trigger(
    createNames().take("tr", project, frequency),
    { description: daily ? `Every day at ${at} in ${timeZone}.` : `Every hour.`, from: ["project"], span },
    {
      pipelines: [
        {
          pipelineReference: reference("PipelineReference", pipeline),
          parameters: { load: "@formatDateTime(trigger().startTime, 'yyyyMMddTHHmmssZ')" },
        },
      ],
      typeProperties: {
        recurrence: {
          frequency: daily ? "Day" : "Hour",
          interval: 1,
          // In other zones the time is local and must not have a Z.
          startTime: `${FIRST_DAY}T${at}:00${windows === "UTC" ? "Z" : ""}`,
          timeZone: windows,
          ...(daily ? { schedule: { minutes: [minutes ?? 0], hours: [hours ?? 0] } } : {}),
        },
      },
    },
  );
}
