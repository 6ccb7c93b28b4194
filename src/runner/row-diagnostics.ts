/** Diagnostics and counts for the rows that a build has rejected, quarantined or counted. */
import { type Diagnostic, diagnostic } from "../diagnostics/diagnostic.ts";
import type { Program, TablePlan } from "../plan/program.ts";
import { exampleText, privateColumns } from "./pii.ts";
import type { Noticed } from "./row-collector.ts";
import { type Counts, rowsText } from "./run-result.ts";

/** Empty if it is not an expectation with `else fail`, or holds for every row. */
export function failedExpectation(
  { notice, count, example }: Noticed,
  relation: string,
  program: Program,
): readonly Diagnostic[] {
  if (notice.kind !== "failed" || notice.expectation.action !== "fail" || count === 0) return [];
  const { name, span } = notice.expectation;
  const values: Readonly<Record<string, unknown>> = example === undefined ? {} : JSON.parse(example);
  return [
    diagnostic("expectation-failed", span, {
      table: relation,
      count: rowsText(count),
      name: JSON.stringify(name),
      example: exampleText(Object.keys(values), values, privateColumns(relation, program)),
    }),
  ];
}

/** Of a table that is built, so that all its keys are unique. */
export function countsOf(noticed: readonly Noticed[], table: TablePlan): Counts {
  const sum = (is: (notice: Noticed["notice"]) => boolean) =>
    noticed.filter(({ notice }) => is(notice)).reduce((total, { count }) => total + count, 0);
  return {
    rejected: sum((notice) => notice.kind === "rejected"),
    quarantined: sum((notice) => notice.kind === "failed" && notice.expectation.action === "quarantine"),
    warned: sum((notice) => notice.kind === "failed" && notice.expectation.action === "warn"),
    checks: [
      ...noticed.flatMap(({ notice, count }) => {
        if (notice.kind !== "failed") return [];
        const { name, action } = notice.expectation;
        return [{ name, action, rows: count }];
      }),
      ...table.keyChecks.map(({ relation, columns }) => {
        return { name: `${relation} key (${columns.join(", ")})`, action: "fail" as const, rows: 0 };
      }),
    ],
  };
}

export function warnings(noticed: readonly Noticed[], relation: string, table: TablePlan): readonly Diagnostic[] {
  return noticed.flatMap(({ notice, count: rows }) => {
    if (rows === 0) return [];
    const count = rowsText(rows);
    if (notice.kind !== "failed") {
      if (notice.kind !== "rejected") return [];
      const step = table.steps.find(
        (each) => (each.kind === "from" || each.kind === "join") && each.relation === notice.relation,
      );
      const source = notice.relation === relation ? "its loads" : notice.relation;
      return [diagnostic("rows-rejected", step?.span ?? table.span, { table: relation, count, relation: source })];
    }
    const { name, span, action } = notice.expectation;
    const code = action === "warn" ? "expectation-warned" : "rows-quarantined";
    return [diagnostic(code, span, { table: relation, count, name: JSON.stringify(name) })];
  });
}
