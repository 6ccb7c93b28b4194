/** Where the lake is, for every target that names it. */
import { type Diagnostic, diagnostic } from "../../diagnostics/diagnostic.ts";
import { type Program, qualifiedName } from "../../plan/program.ts";
import type { Span } from "../../source.ts";
import type { EmitContext } from "../target.ts";
import { requiredText } from "./settings.ts";

const ACCOUNT = /^[a-z0-9]{3,24}$/;
const CONTAINER = /^(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/;

/** A separator or a pattern in a path, of Spark's or of Synapse's, or a part of an address. */
const NOT_IN_FOLDERS = /[/\\:*?#%[\]{}^\p{Cc}]/u;
const LOST_AT_ENDS = /^[\s.]|[\s.]$/;
/** Devices on Windows, whatever ending follows. */
const DEVICE = /^(con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])(\.|$)/i;
/** Of the 255 bytes that file systems allow, the rest is for endings of ours. */
const MOST_BYTES = 200;

/** The names that the storage service, or one of those that read and write there, refuses in any environment. */
export function checkLake(program: Program, context: EmitContext): readonly Diagnostic[] {
  const problems = new Map<string, Diagnostic>();
  for (const environment of [context.environment, ...context.environments]) {
    const account = requiredText(program.lake.settings, "account", environment);
    const container = requiredText(program.lake.settings, "container", environment);
    const at = (setting: string): Span => spanOf(program, setting);
    if (!ACCOUNT.test(account)) {
      problems.set(`account ${account}`, diagnostic("storage-account-name", at("account"), { name: account }));
    }
    if (!CONTAINER.test(container)) {
      problems.set(
        `container ${container}`,
        diagnostic("storage-container-name", at("container"), { name: container }),
      );
    }
  }
  return [...problems.values(), ...folderNames(program)];
}

/** A table lies in a folder of its name. */
export function folderNames(program: Program): readonly Diagnostic[] {
  const folders = [
    ...program.bronze.map(({ name, span }) => ({ relation: `bronze.${name}`, name, span })),
    ...program.tables.map((table) => ({ relation: qualifiedName(table), name: table.name, span: table.span })),
  ];
  return folders
    .filter(({ name }) => !isFolderName(name))
    .map(({ relation, span }) => diagnostic("lake-folder-name", span, { name: relation }));
}

/** Whether every file system and service that a lake meets takes a name as that of a folder. */
export function isFolderName(name: string): boolean {
  if (NOT_IN_FOLDERS.test(name) || LOST_AT_ENDS.test(name) || DEVICE.test(name)) return false;
  return new TextEncoder().encode(name).length <= MOST_BYTES;
}

/** A param is where the value comes from; else the value stands with the lake. */
function spanOf(program: Program, name: string): Span {
  const setting = program.lake.settings[name];
  const param = setting?.kind === "param" ? program.params.find((each) => each.name === setting.name) : undefined;
  return (param ?? program.lake).span;
}
