/** The location of the lake and checks of names in it, for all targets. */
import { type Diagnostic, diagnostic } from "../../diagnostics/diagnostic.ts";
import { type Program, qualifiedName } from "../../plan/program.ts";
import type { Span } from "../../source.ts";
import type { EmitContext } from "../target.ts";
import { requiredText } from "./settings.ts";

const ACCOUNT = /^[a-z0-9]{3,24}$/;
const CONTAINER = /^(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/;

/** Path separators, and glob and URL characters of Spark or Synapse. */
const NOT_IN_FOLDERS = /[/\\:*?#%[\]{}^\p{Cc}]/u;
const LOST_AT_ENDS = /^[\s.]|[\s.]$/;
/** Device names on Windows, with any extension. */
const DEVICE = /^(con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])(\.|$)/i;
/** Most file systems allow 255 bytes; the rest is for suffixes. */
const MOST_BYTES = 200;

/** Checks the names of storage account, container and table folders in all environments. */
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

/** Checks the names of tables, which are also the names of their folders. */
export function folderNames(program: Program): readonly Diagnostic[] {
  const folders = [
    ...program.bronze.map(({ name, span }) => ({ relation: `bronze.${name}`, name, span })),
    ...program.tables.map((table) => ({ relation: qualifiedName(table), name: table.name, span: table.span })),
  ];
  return folders
    .filter(({ name }) => !isFolderName(name))
    .map(({ relation, span }) => diagnostic("lake-folder-name", span, { name: relation }));
}

/** Whether a name is valid as a folder name in every file system and service that can store or read a lake. */
export function isFolderName(name: string): boolean {
  if (NOT_IN_FOLDERS.test(name) || LOST_AT_ENDS.test(name) || DEVICE.test(name)) return false;
  return new TextEncoder().encode(name).length <= MOST_BYTES;
}

/** The declaration to report: that of the param if the setting is one, otherwise the lake. */
function spanOf(program: Program, name: string): Span {
  const setting = program.lake.settings[name];
  const param = setting?.kind === "param" ? program.params.find((each) => each.name === setting.name) : undefined;
  return (param ?? program.lake).span;
}
