/** How the notebook of a stored bronze table reads its loads. */
import type { BronzeColumn, BronzePlan, StoredPlan } from "../../plan/program.ts";
import { isPattern, patternRegExp } from "../../semantics/path-pattern.ts";
import { typeText } from "../../types.ts";
import { pythonString } from "../expressions/spark.ts";
import { bronzeFile } from "../shared/bronze-file.ts";
import { limitText } from "../shared/limit.ts";
import { objectPath } from "../shared/source-object.ts";
import { code } from "./markdown.ts";
import { call } from "./python/text.ts";

/** What the loads of a table are together, for its title. */
export function loadFact({ load }: BronzePlan): string {
  switch (load.kind) {
    case "full":
      return "The rows of the newest load";
    case "files":
      return "The rows of the newest version of every file";
    case "append":
      return `The rows of all loads, each once by ${code(load.by)}`;
    case "changes": {
      const deleted = load.deletedWhen === undefined ? "" : ", without those that are deleted";
      return `The newest version of each row by ${code(load.by)}${deleted}`;
    }
    default:
      return load satisfies never;
  }
}

/** The call that reads the records of all loads that count. */
export function readLoads(bronze: BronzePlan, { columns: all }: StoredPlan): string {
  const { object, load, columns, reject } = bronze;
  const declared = columns.map((column) => `${pythonString(column.name)}: ${pythonString(declaration(column))}`);
  const versions = all.filter((column) => !columns.some(({ name }) => name === column.name));
  const mode = "by" in load ? `${load.kind} by ${load.by}` : load.kind;
  return call(object.kind === "csv" ? "lake.read_csv_loads" : "lake.read_json_loads", [
    pythonString(`bronze.${bronze.name}`),
    pythonString(mode),
    `{${declared.join(", ")},}`,
    ...filesOf(bronze),
    ...(versions.length === 0 ? [] : [`versions=[${versions.map(({ name }) => pythonString(name)).join(", ")}]`]),
    ...(reject ? [`at_most=${pythonString(limitText(reject))}`] : []),
  ]);
}

function declaration({ type, nullable, fromLoad }: BronzeColumn): string {
  return `${typeText(type, nullable)}${fromLoad === undefined ? "" : ` = load.${fromLoad}`}`;
}

function filesOf({ object }: BronzePlan): readonly string[] {
  if ("path" in object && isPattern(object.path)) return [`pattern=${pythonString(pythonPattern(object.path))}`];
  return [`file=${pythonString(bronzeFile(object))}`, `path=${pythonString(objectPath(object))}`];
}

/** The regular expression of a pattern as Python writes it; it has to match as a whole. */
function pythonPattern(path: string): string {
  return patternRegExp(path).source.slice(1, -1).replaceAll("(?<", "(?P<").replaceAll("\\/", "/");
}
