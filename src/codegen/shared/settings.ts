/** Values of settings in an environment. */
import type { Program, ServicePlan, Setting, Settings } from "../../plan/program.ts";
import type { Span } from "../../source.ts";
import type { EnvironmentValues } from "../target.ts";

/**
 * The value of a setting in an environment, as text. Undefined if the compiler cannot know it: for a secret, a param without
 * a value, and a missing setting.
 */
export function settingText(setting: Setting | undefined, environment: EnvironmentValues): string | undefined {
  switch (setting?.kind) {
    case "text":
      return setting.value;
    case "number":
    case "bool":
      return String(setting.value);
    case "range":
      return `${setting.from}..${setting.to}`;
    case "param": {
      const value = environment.params[setting.name];
      return value === undefined ? undefined : String(value);
    }
    case "secret":
    case undefined:
      return undefined;
    default:
      return setting satisfies never;
  }
}

/** The same for settings that the checker requires. */
export function requiredText(owner: Settings, name: string, environment: EnvironmentValues): string {
  const text = settingText(owner[name], environment);
  if (text === undefined) throw new Error(`the setting ${name} has no value in ${environment.name}`);
  return text;
}

/** Where the value of a setting is declared: at its param, or at the service. */
export function placeOf({ params }: Program, service: ServicePlan, name: string): Span {
  const setting = service.settings[name];
  const param = setting?.kind === "param" ? params.find((each) => each.name === setting.name) : undefined;
  return (param ?? service).span;
}
