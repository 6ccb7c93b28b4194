/** SQL for the records of a bronze table as typed rows: read, convert, reject rows that do not fit. See docs/lake.md. */
import type { BronzePlan, Column } from "../../plan/program.ts";
import { csvRows } from "./csv.ts";
import { jsonRows } from "./json.ts";
import { loadRows } from "./loads.ts";
import type { QueryBuilder } from "./query.ts";
import type { CsvInput, JsonInput, LoadsInput } from "./relation-inputs.ts";
import type { Gate, Notices, RecordNotice } from "./row-notices.ts";
import { converted, fitsText, type Records, reasonText, textRecord } from "./values.ts";

/** Rows of a bronze table before the filter that removes rejected ones. */
export interface BronzeRows {
  /** The subquery. It also has the columns that the filter needs. */
  readonly from: string;
  /** The columns by their quoted names in the subquery, in declared order. */
  readonly columns: readonly { readonly column: Column; readonly sql: string }[];
  readonly gates: readonly Gate[];
}

/**
 * Adds the rows to a query. Without notices rejected rows are dropped.
 * `only`: only these columns are read, and rows are rejected only because of them.
 */
export function bronzeRows(
  query: QueryBuilder,
  bronze: BronzePlan,
  input: CsvInput | JsonInput | LoadsInput,
  options: { readonly notices?: Notices; readonly only?: readonly string[] } = {},
): BronzeRows {
  const { notices, only } = options;
  const records = input.kind === "loads" ? loadRows(query, bronze, input) : fileRecords(query, bronze, input, only);
  const { from, columns } = records;
  return {
    from,
    columns: columns.map(({ column, value }) => ({ column, sql: value })),
    gates: gatesOf(bronze, records, notices),
  };
}

function fileRecords(
  query: QueryBuilder,
  { name, columns }: BronzePlan,
  input: CsvInput | JsonInput,
  only: readonly string[] | undefined,
): Records {
  const relation = `bronze.${name}`;
  const read = only === undefined ? columns : columns.filter((each) => only.includes(each.name));
  const rows = input.kind === "csv" ? csvRows(input) : jsonRows(query, relation, input, read);
  const from = query.add(`${relation} texts`, rows.select);
  return { ...rows, ...converted(query, relation, { ...rows, from, columns: read }) };
}

function gatesOf(bronze: BronzePlan, records: Records, notices: Notices | undefined): readonly Gate[] {
  const { columns, malformed, raw, files } = records;
  const relation = `bronze.${bronze.name}`;
  const notice = (kind: RecordNotice["kind"], text: Parameters<Notices["add"]>[1] = {}) => {
    if (notices === undefined) return {};
    const call = files
      ? notices.addForFiles((file) => ({ kind, relation, file }), files, text)
      : notices.add({ kind, relation }, text);
    return { notice: call };
  };
  const { notice: read } = notice("read");
  const isMalformed = malformed === "FALSE" ? undefined : malformed;
  // Columns that only order versions are not part of the record.
  const declared = columns.filter(({ column }) => bronze.columns.some(({ name }) => name === column.name));
  const record = textRecord(declared);
  return [
    ...(read === undefined ? [] : [{ condition: read, counts: true }]),
    // If a record has a wrong number of fields, the file is read again by a reader that returns its text.
    ...(notices && isMalformed && raw === undefined
      ? [{ condition: `NOT (${isMalformed})`, ...notice("malformed") }]
      : []),
    ...(files?.superseded === undefined ? [] : [{ condition: `NOT (${files.superseded})`, ...notice("superseded") }]),
    {
      condition: fitsText(columns, malformed),
      ...notice("rejected", {
        reason: reasonText(columns, raw === undefined ? undefined : malformed),
        record: raw === undefined ? record : `CASE WHEN ${malformed} THEN ${raw} ELSE ${record} END`,
      }),
    },
  ];
}
