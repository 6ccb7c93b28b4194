/** `medalc explain CODE`: prints the documentation of a diagnostic. */
import { readFileSync } from "node:fs";
import { COMMAND_LINE } from "../../config/environment.ts";
import { catalog } from "../../diagnostics/catalog/index.ts";
import { diagnostic } from "../../diagnostics/diagnostic.ts";
import { nameHint } from "../../diagnostics/suggest.ts";
import type { CommandResult } from "../command.ts";
import { packageRoot } from "../package-root.ts";

export interface ExplainOptions {
  readonly code: string;
}

export async function explain({ code }: ExplainOptions): Promise<CommandResult> {
  const sources = new Map();
  if (!Object.hasOwn(catalog, code)) {
    const problem = diagnostic("unknown-code", COMMAND_LINE, { code }, nameHint(code, Object.keys(catalog)));
    return { diagnostics: [problem], sources };
  }
  const page = readFileSync(`${packageRoot()}/docs/diagnostics/${code}.md`, "utf8");
  return { diagnostics: [], sources, answer: { text: page, data: { code, page } } };
}
