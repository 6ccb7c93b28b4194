/**
 * The errors that only `compile` reports: what depends on its options, on the output folder, or on the emitted files. All
 * other errors of `compile` are reported by `check`. A test compares this list with what the commands do.
 */
import type { DiagnosticCode } from "../diagnostics/catalog/index.ts";

export const onlyCompile = {
  "unknown-environment": "`--env` names it",
  "config-unknown-param": "a param of `--param`; `check` reports those in medal.json",
  "config-param-type": "a value of `--param`; `check` reports those in medal.json",
  "config-missing-param": "`check` reports it as a warning, because `--param` may set the value",
  "output-edited": "depends on the output folder",
  "output-foreign-file": "depends on the output folder",
  "output-other-project": "depends on the output folder",
  "unwritable-file": "depends on the output folder",
  "output-path-twice": "two targets emit the same path, which names of a program cannot cause",
} as const satisfies Readonly<Partial<Record<DiagnosticCode, string>>>;
