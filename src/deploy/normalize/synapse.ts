/** The normal form of what a serverless SQL pool has. */
import type { ActualObject, Json } from "../object.ts";
import { normalText } from "./text.ts";

/**
 * A view by the text that creates it or brings it up to date; `definition` as `sys.sql_modules` has it. The server keeps
 * the whole batch, comments too, but writes `CREATE` for `ALTER` and cuts `OR ALTER` out of `CREATE OR ALTER`
 * (sqlservercentral.com, "Stored Procedure … Definitions Can Be Wrong"); editors leave the last semicolon out.
 */
export function normalView(definition: string): Json {
  return {
    text: normalText(definition)
      .replace(/^(CREATE\s+OR\s+ALTER|CREATE|ALTER)\s+VIEW\s+/im, "CREATE OR ALTER VIEW ")
      .replace(/\s*;?\s*$/, ";\n"),
  };
}

/** The owner in the mark of a view's text, which is after the table's description. */
export function ownerOfView(definition: string): Pick<ActualObject, "project" | "environment"> {
  const text = normalText(definition);
  const mark = /^(?:CREATE|ALTER)\s[\s\S]*?^\s*-- medalc: project (.+)$/im.exec(text)?.[1];
  const [, project, environment] = /^(.+), environment ([a-z][a-z0-9_-]*)$/.exec(mark ?? "") ?? [];
  return project === undefined || environment === undefined ? { project: mark } : { project, environment };
}

/** An address as `sys.external_data_sources` has it: hosts in any letter case, with a slash at the end or without. */
export function normalLocation(location: string): string {
  const [, host = "", path = ""] = /^([a-z]+:\/\/[^/]*)(.*)$/is.exec(location) ?? [];
  return host === "" ? location : `${host.toLowerCase()}${path.replace(/\/+$/, "")}`;
}
