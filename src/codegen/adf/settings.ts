import type { Setting, Settings } from "../../plan/program.ts";
import { secondsOf } from "../../semantics/setting-rules.ts";
import type { Policy } from "./model.ts";
import { plain, type Reading, read, text } from "./value.ts";

/** A setting that the checker requires or sets by default. */
export function required(owner: { readonly settings: Settings }, name: string): Setting {
  const setting = owner.settings[name];
  if (!setting) throw new Error(`the setting ${name} is missing`);
  return setting;
}

/** `12h` as Data Factory writes durations: `0.12:00:00`. */
const duration: Reading = {
  name: "duration",
  of: (written) => {
    const minutes = (secondsOf(written) ?? 0) / 60;
    const two = (count: number): string => String(count).padStart(2, "0");
    return `${Math.floor(minutes / 1440)}.${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}:00`;
  },
};

export function timeoutOf(owner: { readonly settings: Settings }): Policy["timeout"] {
  return text`${read(required(owner, "timeout"), duration)}`;
}

/** For activities that can be repeated and fail mostly for passing reasons. */
export function retryingPolicy(owner: { readonly settings: Settings }): Policy {
  return { timeout: timeoutOf(owner), retry: plain(required(owner, "retries")), retryIntervalInSeconds: 60 };
}
