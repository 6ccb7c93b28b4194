/** The options that several commands share, and how their values are read. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { ParamArgument } from "../config/environment.ts";
import { CI_SERVICES, type CiService } from "./ci/services.ts";
import { isSavedPlan } from "./saved-plan.ts";
import { type EngineOptions, MASTER } from "./spark-options.ts";

export interface WatchOptions {
  readonly watch?: boolean;
}

export interface EnvironmentOptions {
  readonly env?: string;
  readonly param?: readonly ParamArgument[];
}

export interface RunOnlyOptions extends EngineOptions {
  readonly select?: readonly string[];
  readonly full?: boolean;
  readonly reload?: readonly string[];
  readonly verify?: boolean;
}

export interface PlanningOptions extends EnvironmentOptions {
  readonly select?: readonly string[];
  readonly adopt?: readonly string[];
  readonly allowDestroy?: readonly string[];
  readonly startTriggers?: boolean;
}

export interface ConfirmingOptions {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

/** Options that restrict a deployment to a part of the program. */
export const NARROWING = ["select", "adopt", "allowDestroy", "startTriggers"];

const EMPTY = "The value is empty; check that the shell variable is set.";

/** An empty value on the command line is almost always an unset shell variable, so no option takes one. */
export function rejectEmptyValues(command: Command): void {
  for (const option of command.options) {
    if (!option.required && !option.optional) continue;
    const { parseArg } = option;
    option.argParser((text: string, earlier: unknown) => {
      if (text.trim() === "") throw new InvalidArgumentError(EMPTY);
      return parseArg === undefined ? text : parseArg(text, earlier);
    });
  }
}

export function isGiven(command: Command, option: Option, names: readonly string[]): boolean {
  const name = option.attributeName();
  return names.includes(name) && command.getOptionValue(name) !== undefined;
}

export function environmentOption(description: string): Option {
  return new Option("-e, --env <name>", description);
}

export function deployedEnvironmentOption(): Option {
  return environmentOption("environment of medal.json (default: the first one that is not local)");
}

export function paramOption(): Option {
  return new Option("--param <name=value>", "set a param, overriding medal.json; repeatable").argParser(
    (text: string, earlier: readonly ParamArgument[] = []) => {
      const equals = text.indexOf("=");
      if (equals < 1) throw new InvalidArgumentError("Expected name=value.");
      const value = text.slice(equals + 1);
      if (value === "") {
        throw new InvalidArgumentError("Expected a value after `=`; an empty text can be set in medal.json.");
      }
      return [...earlier, { name: text.slice(0, equals), value }];
    },
  );
}

export function selectOption(): Option {
  const description = "only these tables: orders, +gold.orders, silver.orders+, tag:pii, changed:main; repeatable";
  return new Option("-s, --select <selector>", description).argParser(
    (text: string, earlier: readonly string[] = []) => {
      if (/^\+*(tag:|changed:)?\+*$/.test(text)) {
        throw new InvalidArgumentError("Expected a table, tag:TAG or changed:REVISION, optionally with `+`.");
      }
      return [...earlier, text];
    },
  );
}

export function reloadOption(): Option {
  const description = "load bronze.orders again from the start, without its earlier loads; repeatable";
  return new Option("--reload <table>", description).argParser((text: string, earlier: readonly string[] = []) => [
    ...earlier,
    text,
  ]);
}

export function masterOption(): Option {
  return new Option(
    "--master <url>",
    "build on an existing Spark: local[4], spark://host:7077, yarn (default: local[*])",
  )
    .implies({ engine: "spark" })
    .argParser((text: string) => {
      if (!MASTER.test(text)) throw new InvalidArgumentError("Expected local[N], spark://HOST:PORT, yarn or k8s://….");
      return text;
    });
}

export function memoryOption(): Option {
  const description = "memory that the engine may use, such as 4GB (default: half of the machine's, at most 2GB)";
  return new Option("--memory <size>", description).argParser((text: string) => {
    if (!/^(?=.*[1-9])\d{1,12}(\.\d{1,12})?\s?[kmgt]i?b$/i.test(text)) {
      throw new InvalidArgumentError("Expected a size, such as 512MB or 4GB.");
    }
    return text;
  });
}

/** Parses an integer with a minimum. */
export function numberParser(smallest: 0 | 1): (text: string) => number {
  return (text) => {
    if (!/^(0|[1-9]\d{0,8})$/.test(text) || Number(text) < smallest) {
      throw new InvalidArgumentError(`Expected an integer from ${smallest} to 999999999.`);
    }
    return Number(text);
  };
}

/** A time in UTC; a date is its start. */
export function timeParser(text: string): Date {
  const isTime = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?Z?)?$/.test(text);
  const time = new Date(`${text.replace(" ", "T").replace(/Z$/, "")}${text.length > 10 ? "Z" : ""}`);
  if (!isTime || Number.isNaN(time.getTime()) || time.toISOString().slice(0, 10) !== text.slice(0, 10)) {
    throw new InvalidArgumentError("Expected a time in UTC: 2026-01-31 or 2026-01-31T06:00:00Z.");
  }
  return time;
}

export function ciOption(): Option {
  const description = "write the files of a CI service instead, github or azure; repeatable";
  const option = new Option("--ci <service>", description).choices(CI_SERVICES);
  return option.argParser((text: string, earlier: readonly CiService[] = []) => {
    const service = CI_SERVICES.find((each) => each === text);
    if (service === undefined) throw new InvalidArgumentError(`Allowed choices are ${CI_SERVICES.join(", ")}.`);
    return [...earlier, service];
  });
}

export function planFileOption(): Option {
  return new Option("-o, --out <file.json>", "save the plan, for `medalc deploy FILE.json`").argParser(
    (text: string) => {
      if (!isSavedPlan(text)) throw new InvalidArgumentError("Expected a file whose name ends in .json.");
      return text;
    },
  );
}

export function allowDestroyOption(description: string): Option {
  const parser = repeated("Expected a table with its layer, such as gold.orders.", /^(bronze|silver|gold)\.\w+$/);
  return new Option("--allow-destroy <table>", description).argParser(parser);
}

export function withPlanning(command: Command): Command {
  const adopt = new Option("--adopt <object>", "adopt an existing object, by its name in the plan; repeatable");
  return command
    .addOption(deployedEnvironmentOption())
    .addOption(paramOption())
    .addOption(selectOption())
    .addOption(
      adopt.argParser(repeated("Expected the name of an object, such as adf/pipeline/pl_olist.", /^\w+\/\w+\/./)),
    )
    .addOption(
      allowDestroyOption(
        "delete the rows of a table that is no longer in the program, such as gold.orders; repeatable",
      ),
    )
    .option("--start-triggers", "also start triggers that were stopped manually");
}

export function withConfirming(command: Command): Command {
  return command
    .option("-y, --yes", "do not ask for confirmation")
    .option("--dry-run", "print the changes without making them");
}

/** Parses a repeatable option whose values match `form`. */
function repeated(expected: string, form: RegExp): (text: string, earlier?: readonly string[]) => readonly string[] {
  return (text, earlier = []) => {
    if (!form.test(text)) throw new InvalidArgumentError(expected);
    return [...earlier, text];
  };
}
