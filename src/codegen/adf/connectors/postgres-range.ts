/** How PostgreSQL is asked for the rows in a range of a column. */
import type { BronzeColumn, BronzePlan } from "../../../plan/program.ts";
import { postgresName } from "../../shared/postgres-query.ts";
import { type Activity, reference } from "../model.ts";
import { retryingPolicy } from "../settings.ts";
import { expression, type JsonObject } from "../value.ts";
import type { RangeContext, RangeParts } from "./connector.ts";
import { hasValue, highestQuery, rangeType } from "./postgres-highest.ts";
import { ITEM, setVariable, wentBack } from "./range.ts";

/** An expression: a text without the characters that could end a literal of PostgreSQL. */
const literal = (value: string): string => `replace(replace(${value}, '''', ''), '\\', '')`;

const from = literal("variables('from')");
const to = literal("variables('to')");
const lowerBound = `if(empty(variables('from')), '', concat(${ITEM}.column, ' >= ''', ${from}, ''' AND '))`;
const upperBound = `if(empty(variables('to')), 'false', concat(${ITEM}.column, ' <= ''', ${to}, ''''))`;

export const postgresRange: RangeParts = {
  wordOf: () => undefined,
  item: postgresItem,
  activities: (_, context) => highestActivities(context),
  // PostgreSQL gives an untyped literal the type of the column.
  source: () => ({
    type: "PostgreSqlV2Source",
    query: expression(`@concat(${ITEM}.query, ' WHERE ', ${lowerBound}, ${upperBound}, ' OR ', ${ITEM}.without)`),
  }),
};

function postgresItem({ name, object, load }: BronzePlan, by: BronzeColumn): JsonObject {
  if (object.kind !== "table") throw new Error(`bronze.${name} is no table`);
  return {
    column: postgresName(by.name),
    without: `(${hasValue(by)}) IS NOT TRUE`,
    type: rangeType(by.type),
    highest: highestQuery(object, by, "lag" in load ? load.lag : undefined),
  };
}

function highestActivities({ dataset, ingest, after }: RangeContext): readonly Activity[] {
  const previous = literal("variables('previous')");
  const query = `WITH previous AS (SELECT CAST(NULLIF('@{${previous}}', '') AS @{${ITEM}.type}) AS "to")@{${ITEM}.highest}`;
  const row = "activity('highest_value').output.firstRow";
  const otherType = `concat('is of the type ', ${row}.other_type, ', which has another order or more digits than the declared type')`;
  const back = `if(empty(${row}.is_back), '', ${wentBack(`${row}.to`)})`;
  return [
    {
      name: "highest_value",
      type: "Lookup",
      dependsOn: [after],
      policy: retryingPolicy(ingest),
      typeProperties: {
        source: { type: "PostgreSqlV2Source", query: expression(query) },
        dataset: reference("DatasetReference", dataset),
        firstRowOnly: true,
      },
    },
    setVariable("set_to", "to", `@${row}.to`, "highest_value"),
    setVariable("set_from", "from", `@${row}.from`, "set_to"),
    setVariable("set_problem", "problem", `@if(empty(${row}.other_type), ${back}, ${otherType})`, "set_from"),
  ];
}
