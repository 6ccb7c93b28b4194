/**
 * The activities that find the newest complete load of a table, from the names of the load records alone. Storage lists
 * names in alphabetical order, which for loads is the order of time, in pages of which a response has one. This month is
 * listed first; only if it has no complete load, or does not fit on a page, everything is listed.
 */
import type { ServicePlan } from "../../plan/program.ts";
import { LOAD_MARKER } from "../shared/bronze-file.ts";
import { readLake } from "./lake-requests.ts";
import type { Activity, Parameters } from "./model.ts";
import { expression } from "./value.ts";

/** The variables of the search, each with an entry for each page. */
export const searchVariables: Parameters = {
  pages: { type: "Array", defaultValue: [] },
  found: { type: "Array", defaultValue: [] },
};

/** An expression, after the search: the name of the load; empty if there is none. */
export const newestLoad = "last(split(concat('/', join(variables('found'), '')), '/'))";

/** A response has at most 4 MB; a name has about one kilobyte. */
const NAMES_ON_A_PAGE = 2500;

/** Web activities return a response that is not JSON as a text. */
const RESPONSE = "activity('list_loads').output.Response";

/**
 * Everything before the last record's name; empty without a record. A text that is split here always has the separator, so
 * that no function meets an empty text, an empty list or an index that does not exist.
 */
const beforeRecord = ((): string => {
  const end = `/${LOAD_MARKER}</Name>`;
  const parts = `split(concat('${end}', ${RESPONSE}), '${end}')`;
  return `join(take(${parts}, sub(length(${parts}), 1)), '')`;
})();
const LOAD_ON_PAGE = `last(split(concat('/load=', ${beforeRecord}), '/load='))`;

/** Where the next page begins; empty on the last. */
const NEXT_PAGE = `first(split(concat(join(skip(split(concat(${RESPONSE}, '<NextMarker>'), '<NextMarker>'), 1), ''), '</NextMarker>'), '</NextMarker>'))`;

const PAGE = "last(split(concat('|', join(variables('pages'), '|')), '|'))";

/** @param table an expression for the name of the table */
export function findNewestLoad(table: string, ingest: ServicePlan): Activity {
  const month = "if(equals(length(variables('pages')), 0), formatDateTime(utcNow(), 'yyyyMM'), '')";
  const prefix = `uriComponent(concat('bronze/', ${table}, '/load=', ${month}))`;
  const query = `restype=container&comp=list&maxresults=${NAMES_ON_A_PAGE}&prefix=@{${prefix}}&marker=@{uriComponent(${PAGE})}`;
  const isEnough = "or(greater(length(variables('found')), 1), not(empty(join(variables('found'), ''))))";
  return {
    name: "newest_load",
    type: "Until",
    typeProperties: { expression: expression(`@and(${isEnough}, empty(${PAGE}))`), timeout: "0.02:00:00" },
    inner: {
      activities: [
        readLake("list_loads", `?${query}`, ingest),
        append("next_page", "pages", `@if(equals(length(variables('found')), 0), '', ${NEXT_PAGE})`, "list_loads"),
        append(
          "found_load",
          "found",
          `@if(or(empty(${LOAD_ON_PAGE}), and(equals(length(variables('pages')), 1), not(empty(${NEXT_PAGE})))), '', concat('/', ${LOAD_ON_PAGE}))`,
          "next_page",
        ),
      ],
    },
  };
}

function append(name: string, variableName: string, value: string, after: string): Activity {
  return {
    name,
    type: "AppendVariable",
    dependsOn: [after],
    typeProperties: { variableName, value: expression(value) },
  };
}
