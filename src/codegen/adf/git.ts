/** The factory as a Git folder: one file per object, with the values of one environment. */
import { json, type OutputFile } from "../files.ts";
import { jobReference } from "../shared/databricks-job.ts";
import { requiredText } from "../shared/settings.ts";
import type { EnvironmentValues } from "../target.ts";
import type { Factory } from "./factory.ts";
import {
  escapeExpressions,
  isBuiltIn,
  isOpen,
  mapTexts,
  type OpenText,
  type ParamValue,
  partsOf,
  valueOfParam,
} from "./value.ts";

export function gitFiles(factory: Factory, environment: EnvironmentValues): readonly OutputFile[] {
  const name = requiredText({ name: factory.name }, "name", environment);
  const file = {
    path: `adf/factory/${name}.json`,
    text: json({ name, properties: {}, identity: { type: "SystemAssigned" } }),
    from: ["project"],
  };
  const objects = factory.resources.map(({ kind, name, properties, from }) => {
    const filled = mapTexts(properties, (text) => (isOpen(text) ? filledIn(text, factory, environment) : text));
    const state = kind === "trigger" ? { runtimeState: "Stopped" } : {};
    return {
      path: `adf/${kind}/${name}.json`,
      text: json({ name, properties: { ...filled, ...state } }),
      from,
    };
  });
  return [file, ...objects];
}

function filledIn(text: OpenText, factory: Factory, environment: EnvironmentValues): ParamValue {
  const { name, params } = environment;
  const values = partsOf(text).map((part) => {
    if (typeof part === "string") return part;
    if (isBuiltIn(part)) return part.builtIn === "environment" ? name : jobReference(factory.job, environment);
    const value = params[part.param];
    if (value === undefined) throw new Error(`param.${part.param} has no value in ${name}`);
    return valueOfParam(part, value);
  });
  const [only] = values;
  if (values.length === 1 && only !== undefined && typeof only !== "string") return only;
  const joined = values.join("");
  return text.evaluated ? escapeExpressions(joined) : joined;
}
