/** `medalc run`: extracts, lands and builds, on this machine or on the user's Spark. */
import { relative } from "node:path";
import { type Diagnostic, hasErrors } from "../../diagnostics/diagnostic.ts";
import type { Program } from "../../plan/program.ts";
import { secretVariable } from "../../runner/extract/sources.ts";
import { leftoversIn } from "../../runner/orphans.ts";
import { run as runProgram } from "../../runner/run.ts";
import type { RelationResult, RunResult } from "../../runner/run-result.ts";
import { changedSince } from "../changed-since.ts";
import { type Answer, type CommandResult, EXIT, type ExitCode } from "../command.ts";
import type { Io } from "../io.ts";
import { type LocalOptions, loadLocal } from "../local-lake.ts";
import { counted } from "../pluralize.ts";
import { createRunProgress, secondsText, sizeText } from "../run-progress.ts";
import { bronzeTables, selectTables } from "../select.ts";
import { type EngineOptions, sparkOptions } from "../spark-options.ts";
import { textTable } from "../table.ts";

export interface RunOptions extends LocalOptions, EngineOptions {
  readonly select?: readonly string[];
  /** Also build what has not changed. */
  readonly full?: boolean;
  /** Bronze tables that start again: everything is fetched, and the loads before no longer count. */
  readonly reload?: readonly string[];
  /** Verify the recorded checksums of the lake's files. */
  readonly verify?: boolean;
}

export async function run(options: RunOptions, io: Io): Promise<CommandResult> {
  const { diagnostics, sources, ready } = await loadLocal(options, io);
  if (ready === undefined) return { diagnostics, sources };
  const { program, environment, folder } = ready;

  const files = [...sources.keys()].filter((path) => path.endsWith(".medal"));
  const selection = options.select && selectTables(program, options.select, changedSince(program, files, io.folder));
  const reload = bronzeTables(program, options.reload ?? []);
  const before = [...diagnostics, ...(selection?.diagnostics ?? []), ...reload.diagnostics];
  if (hasErrors(before)) return { diagnostics: before, sources };

  // What starts again is loaded, even if only other tables are selected.
  const select = selection && new Set([...selection.tables, ...reload.tables]);
  const startedAt = new Date();
  const start = performance.now();
  const progress = createRunProgress(select?.size ?? countRelations(program), io.stderr);
  let result: RunResult;
  try {
    result = await runProgram({
      program,
      baseFolder: folder,
      lakeFolder: environment.lake,
      params: environment.params,
      sources: environment.sources,
      secret: (name) => io.env[secretVariable(name)],
      ...(select === undefined ? {} : { select }),
      reload: reload.tables,
      ...(options.memory === undefined ? {} : { memoryLimit: options.memory }),
      ...(options.full === undefined ? {} : { full: options.full }),
      ...(options.verify === undefined ? {} : { verify: options.verify }),
      ...(options.engine === "spark" ? { spark: sparkOptions(options, environment, folder, io) } : {}),
      startedAt,
      onEvent: progress.onEvent,
      signal: io.stopSignal(),
    });
  } finally {
    progress.end();
  }
  const lake = relative(io.folder, environment.lake) || ".";
  const leftovers = (await leftoversIn(environment.lake, program)).map((path) => relative(io.folder, path));
  const seconds = (performance.now() - start) / 1000;
  return {
    diagnostics: [...before, ...result.diagnostics],
    sources,
    ...(result.relations.length === 0
      ? {}
      : {
          answer: answerOf(result, { environment: environment.name, lake, leftovers }, io.stdout.width),
          closing: closingOf(result, { lake, leftovers }, seconds, showOptions(options)),
        }),
    exitCode: exitCodeOf(result),
  };
}

function countRelations(program: Program): number {
  return program.bronze.length + program.tables.length;
}

interface Place {
  readonly environment: string;
  /** Relative to the working folder, like all printed paths. */
  readonly lake: string;
  /** Folders of the lake that belong to no table of the program. */
  readonly leftovers: readonly string[];
}

function answerOf({ relations }: RunResult, { environment, lake, leftovers }: Place, width: number): Answer {
  const columns = [
    { name: "table", isNumber: false },
    { name: "state", isNumber: false },
    { name: "rows", isNumber: true },
    { name: "rejected", isNumber: true },
    { name: "size", isNumber: true },
    { name: "time", isNumber: true },
  ];
  const rows = relations.map((each) => [
    each.relation,
    each.state,
    each.rows === undefined ? "" : String(each.rows),
    each.rows === undefined ? "" : String(each.rejected + each.quarantined),
    each.state === "ok" ? sizeText(each.bytes) : "",
    each.state === "skipped" ? "" : secondsText(each.seconds),
  ]);
  return { text: textTable(columns, rows, width), data: { environment, lake, tables: relations, leftovers } };
}

/** The options that make `show` use the same lake, with a trailing space. */
function showOptions({ path, env }: RunOptions): string {
  return `${path === "." ? "" : `--path ${path} `}${env === undefined ? "" : `--env ${env} `}`;
}

/** The closing lines of a run; failures come last. */
function closingOf(
  { relations }: RunResult,
  { lake, leftovers }: Omit<Place, "environment">,
  seconds: number,
  show: string,
): string {
  const names = (state: RelationResult["state"]): readonly string[] =>
    relations.filter((each) => each.state === state).map((each) => each.relation);
  const failed = names("failed");
  const skipped = names("skipped");
  const count = relations.length - failed.length - skipped.length;
  const done =
    count === relations.length ? counted(count, "table") : `${count} of ${counted(relations.length, "table")}`;
  const withRejected = relations.filter((each) => each.state !== "failed" && each.rejected + each.quarantined > 0);
  const [first, ...others] = withRejected.map((each) => `quarantine.${each.relation}`);
  return [
    `${done} up to date in ${lake}, ${secondsText(seconds)}`,
    ...(first === undefined
      ? []
      : [`\`medalc show ${show}${first}\` shows the rejected rows${others.map((each) => `, ${each}`).join("")}`]),
    ...(leftovers.length === 0 || relations.length === 0
      ? []
      : [`the program has no table for ${leftovers.join(", ")}; delete these folders if nobody needs their rows`]),
    ...(failed.length === 0 ? [] : [`failed: ${failed.join(", ")}`]),
    ...(skipped.length === 0 ? [] : [`not done: ${skipped.join(", ")}`]),
  ].join("\n");
}

const BROKEN_EXPECTATIONS: ReadonlySet<Diagnostic["code"]> = new Set([
  "expectation-failed",
  "duplicate-key",
  "too-many-rejected",
  "load-rejected",
  "too-many-quarantined",
]);

function exitCodeOf({ diagnostics }: RunResult): ExitCode {
  const errors = diagnostics.filter((each) => each.severity === "error");
  if (errors.length === 0) return EXIT.ok;
  return errors.every((each) => BROKEN_EXPECTATIONS.has(each.code)) ? EXIT.expectation : EXIT.failed;
}
