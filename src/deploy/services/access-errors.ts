/** Diagnostics about what the identities of a run may do. */
import type { RequiredAccess } from "../../codegen/shared/required-access.ts";
import { COMMAND_LINE } from "../../config/environment.ts";
import { type Diagnostic, diagnostic } from "../../diagnostics/diagnostic.ts";
import { withoutSecrets } from "./service-errors.ts";

const HOLDERS = {
  deployer: "this identity",
  factory: "the data factory's identity",
  synapse: "the Synapse workspace's identity",
  cluster: "the cluster",
  job: "the identity of the job",
} as const;

interface Missing {
  readonly what: string;
  readonly problem: string;
  readonly grant: string;
}

/** `grant` is the hint, not a parameter, because long parameters are truncated. */
export function accessMissing({ holder, purpose }: RequiredAccess, { what, problem, grant }: Missing): Diagnostic {
  const params = { who: HOLDERS[holder], what, purpose, problem: withoutSecrets(problem), grant };
  return diagnostic("access-missing", COMMAND_LINE, params, { hint: `Ask an administrator to run: \`${grant}\`.` });
}

/** The same of a reader of registered tables. */
export function readerMissing(reader: string, { what, problem, grant }: Missing): Diagnostic {
  const params = { who: reader, what, purpose: "read the gold tables", problem: withoutSecrets(problem), grant };
  return diagnostic("access-missing", COMMAND_LINE, params, { hint: `Ask an administrator to run: \`${grant}\`.` });
}

export function accessUnchecked(what: string, problem: string, grant: string): Diagnostic {
  const params = { what, problem: withoutSecrets(problem), grant };
  return diagnostic("access-unchecked", COMMAND_LINE, params, { hint: `To have it checked, run: \`${grant}\`.` });
}
