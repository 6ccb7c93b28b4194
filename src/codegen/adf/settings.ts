import type { Setting, Settings } from "../../plan/program.ts";

/** A setting that the checker requires or sets by default. */
export function required(owner: { readonly settings: Settings }, name: string): Setting {
  const setting = owner.settings[name];
  if (!setting) throw new Error(`the setting ${name} is missing`);
  return setting;
}
