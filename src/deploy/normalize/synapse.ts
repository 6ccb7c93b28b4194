/** The normal form of what a serverless SQL pool has. */
import type { Json } from "../object.ts";
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

/** The name after the mark in a view's text; undefined for a view without one. What a table's description says is before. */
export function projectOfView(definition: string): string | undefined {
  return /^(?:CREATE|ALTER)\s[\s\S]*?^\s*-- medalc: project (.+)$/im.exec(normalText(definition))?.[1];
}

/** An address as `sys.external_data_sources` has it: hosts in any letter case, with a slash at the end or without. */
export function normalLocation(location: string): string {
  const [, host = "", path = ""] = /^([a-z]+:\/\/[^/]*)(.*)$/is.exec(location) ?? [];
  return host === "" ? location : `${host.toLowerCase()}${path.replace(/\/+$/, "")}`;
}
