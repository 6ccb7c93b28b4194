/** The project's settings, params, secrets and sources: closed property sets, checked against `settings.ts`. */
import { diagnostic } from "../../diagnostics/diagnostic.ts";
import { holdsSecret } from "../../diagnostics/secrets.ts";
import { closest } from "../../diagnostics/suggest.ts";
import type {
  ConfigBlock,
  ConfigReference,
  ConfigValue,
  ParamDeclaration,
  ProjectDeclaration,
  Schedule,
  SecretDeclaration,
  SourceDeclaration,
  StringLiteral,
} from "../../parser/ast.ts";
import { isTimeZone } from "../../time-zones.ts";
import type {
  CheckedParam,
  CheckedProject,
  CheckedSchedule,
  CheckedSecret,
  CheckedService,
  CheckedSource,
} from "../model.ts";
import {
  type BlockSpec,
  choicesText,
  expectedInstead,
  type Setting,
  type SettingSpec,
  type Settings,
  services,
  sourceKinds,
} from "../settings.ts";
import type { CheckContext } from "./context.ts";
import { resolveUncheckedType } from "./type-reference.ts";
import { suggested } from "./values.ts";

export function checkProject(declaration: ProjectDeclaration, context: CheckContext): CheckedProject {
  const found = new Map<string, CheckedService>();
  let schedule: CheckedSchedule | undefined;
  const seen = new Set<string>();
  for (const { name, value } of declaration.settings) {
    if (name.text === "") continue;
    if (seen.has(name.text)) {
      context.report(diagnostic("duplicate-clause", name.span, { owner: "the project", clause: name.text }));
      continue;
    }
    seen.add(name.text);
    const known = services[name.text];
    if (name.text !== "schedule" && !known) {
      const names = [...Object.keys(services), "schedule"];
      context.report(
        diagnostic(
          "unknown-setting",
          name.span,
          { owner: "the project", name: name.text },
          suggested(closest(name.text, names), `Available settings: ${names.join(", ")}.`),
        ),
      );
    } else if (value.kind === "missing") {
      // Reported by the parser.
    } else if (!known) {
      if (value.kind === "schedule") schedule = checkSchedule(value, context);
      else context.report(diagnostic("invalid-schedule", value.span, { detail: SCHEDULES }));
    } else if (value.kind === "schedule") {
      context.report(diagnostic("unknown-service", value.span, serviceParams(value.frequency.text, name.text, known)));
    } else {
      const spec = known[value.name.text];
      if (spec) {
        const settings = checkBlock(value, spec, context);
        found.set(name.text, { kind: value.name.text, settings, span: value.span });
      } else if (value.name.text !== "") {
        context.report(
          diagnostic(
            "unknown-service",
            value.name.span,
            serviceParams(value.name.text, name.text, known),
            suggested(closest(value.name.text, Object.keys(known))),
          ),
        );
      }
    }
  }
  if (!seen.has("lake")) {
    const example = 'lake = adls { account: "…", container: "lake" }';
    context.report(
      diagnostic(
        "missing-setting",
        declaration.name.span,
        { owner: "the project", name: "lake", example },
        {
          hint: `Add \`${example}\`.`,
        },
      ),
    );
  }
  return { declaration, services: found, schedule };
}

function serviceParams(name: string, kind: string, known: Readonly<Record<string, BlockSpec>>) {
  return { name, kind: `${kind} service`, known: Object.keys(known).join(", ") };
}

const SCHEDULES = 'write `daily at "06:00" in "America/Sao_Paulo"` or `hourly`';

function checkSchedule(schedule: Schedule, context: CheckContext): CheckedSchedule | undefined {
  const frequency = schedule.frequency.text;
  const at = schedule.at?.value ?? "00:00";
  const timeZone = schedule.timeZone?.value ?? "UTC";
  const detail =
    frequency !== "daily" && frequency !== "hourly"
      ? SCHEDULES
      : !/^([01]\d|2[0-3]):[0-5]\d$/.test(at)
        ? `${at} is not a time of day; write hours and minutes, "06:00"`
        : !isTimeZone(timeZone)
          ? `${timeZone} is not a time zone; write its IANA name, "America/Sao_Paulo"`
          : undefined;
  if (detail !== undefined) context.report(diagnostic("invalid-schedule", schedule.span, { detail }));
  if (detail !== undefined || (frequency !== "daily" && frequency !== "hourly")) return undefined;
  return { frequency, at, timeZone, span: schedule.span };
}

/** The settings of a block, with defaults. */
function checkBlock(block: ConfigBlock, spec: BlockSpec, context: CheckContext): Settings {
  const owner = block.name.text;
  const settings: Record<string, Setting> = {};
  for (const { name, value } of block.properties) {
    if (name.text === "") continue;
    const expected = spec[name.text];
    if (!expected) {
      const names = Object.keys(spec);
      context.report(
        diagnostic(
          "unknown-setting",
          name.span,
          { owner, name: name.text },
          suggested(closest(name.text, names), `Available settings: ${names.join(", ")}.`),
        ),
      );
    } else if (name.text in settings) {
      context.report(diagnostic("duplicate-clause", name.span, { owner, clause: name.text }));
    } else {
      const setting = checkSetting(name.text, value, expected, context);
      if (setting) settings[name.text] = setting;
    }
  }
  // A misspelled name counts as the suggested one.
  const given = new Set(block.properties.map(({ name }) => closest(name.text, Object.keys(spec)) ?? name.text));
  const missing: string[] = [];
  for (const [name, expected] of Object.entries(spec)) {
    if (given.has(name)) continue;
    if (expected.default) settings[name] = expected.default;
    else if (!expected.optional) missing.push(name);
  }
  // A setting under the name of another tool is not missing; its right name is reported.
  const unknown = block.properties.filter(({ name }) => name.text !== "" && !spec[name.text]).length;
  const [first] = missing;
  if (first !== undefined && unknown < missing.length) {
    const examples = missing.map((name) => `${name}: ${spec[name]?.example}`).join(", ");
    const hint = `Add \`${examples}\`.`;
    const params = { owner, name: missing.join(", "), example: "" };
    context.report(diagnostic("missing-setting", block.name.span, params, { hint }));
  }
  return settings;
}

const EXPECTED: Readonly<Record<SettingSpec["type"], string>> = {
  string: "a string",
  int: "an integer",
  bool: "`true` or `false`",
  range: "a range of integers, `1..4`",
  secret: "a secret",
  choice: "one of its values",
};

function expectedOf({ type, choices }: SettingSpec): string {
  return choices === undefined ? EXPECTED[type] : choicesText(choices);
}

function checkSetting(name: string, value: ConfigValue, spec: SettingSpec, context: CheckContext): Setting | undefined {
  const wrong = (expected = expectedOf(spec)): undefined => {
    context.report(
      diagnostic(
        "invalid-setting",
        value.span,
        { name, expected },
        {
          hint: `Write \`${name}: ${spec.example}\`.`,
        },
      ),
    );
    return undefined;
  };
  switch (value.kind) {
    case "missing":
      return undefined;
    case "reference":
      return checkReference(name, value, spec, context);
    case "string":
      if (spec.type === "secret") {
        context.report(diagnostic("plain-secret", value.span, { name }));
        return undefined;
      }
      if (spec.type !== "string" && spec.type !== "choice") return wrong();
      if (expectedInstead(spec, value.value) !== undefined) {
        // If an address contains a secret, only that is reported.
        return holdsSecret(value.value) ? undefined : wrong(expectedInstead(spec, value.value));
      }
      return { kind: "text", value: value.value };
    case "number":
      if (spec.type !== "int" || !/^\d+$/.test(value.text)) return wrong();
      return numberSetting(Number(value.text), spec, wrong);
    case "bool":
      return spec.type === "bool" ? { kind: "bool", value: value.value } : wrong();
    case "range": {
      const [from, to] = [Number(value.from.text), Number(value.to.text)];
      const whole = Number.isSafeInteger(from) && Number.isSafeInteger(to) && from >= 0 && from <= to;
      return spec.type === "range" && whole ? { kind: "range", from, to } : wrong();
    }
  }
}

function numberSetting(value: number, spec: SettingSpec, wrong: (expected?: string) => undefined): Setting | undefined {
  const expected = expectedInstead(spec, value);
  return expected === undefined ? { kind: "number", value } : wrong(expected);
}

function checkReference(
  name: string,
  value: ConfigReference,
  spec: SettingSpec,
  context: CheckContext,
): Setting | undefined {
  const { namespace, name: target } = value;
  if (namespace.text === "" || target.text === "") return undefined;
  if (namespace.text !== "param" && namespace.text !== "secret") {
    context.report(diagnostic("unknown-namespace", namespace.span, { name: namespace.text }));
    return undefined;
  }
  if (spec.type === "choice" || spec.literal) {
    const params = { name, expected: spec.type === "choice" ? expectedOf(spec) : "a literal value, not a param" };
    context.report(diagnostic("invalid-setting", value.span, params, { hint: `Write \`${name}: ${spec.example}\`.` }));
    return undefined;
  }
  const isSecret = namespace.text === "secret";
  const declared = isSecret ? context.bindings.secrets : context.bindings.params;
  if (!declared.has(target.text)) {
    const suggestion = closest(target.text, declared.keys());
    const code = isSecret ? "unknown-secret" : "unknown-param";
    context.report(diagnostic(code, target.span, { name: target.text }, suggested(suggestion)));
    return undefined;
  }
  if (isSecret !== (spec.type === "secret")) {
    if (isSecret)
      context.report(
        diagnostic("invalid-setting", value.span, { name, expected: `${EXPECTED[spec.type]}, not a secret` }),
      );
    else context.report(diagnostic("plain-secret", value.span, { name }));
    return undefined;
  }
  return { kind: namespace.text, name: target.text };
}

export function checkParam(declaration: ParamDeclaration, context: CheckContext): CheckedParam {
  const type = resolveUncheckedType(declaration.type, context);
  const { value } = declaration;
  const kinds: Readonly<Record<string, string>> = { string: "string", int: "number", long: "number", bool: "bool" };
  const expected = kinds[type.kind];
  if (expected === undefined && type.kind !== "error") {
    context.report(
      diagnostic("invalid-type", declaration.type.span, { detail: "a param must be a string, int, long or bool" }),
    );
  } else if (value && expected !== undefined && value.kind !== expected) {
    context.report(diagnostic("type-mismatch", value.span, { expected: type.kind, found: value.kind }));
  }
  return { declaration, type, value: value && (value.kind === "number" ? Number(value.text) : value.value) };
}

export function checkSecret(declaration: SecretDeclaration, context: CheckContext): CheckedSecret {
  const { store, args } = declaration;
  const unknown: Setting = { kind: "text", value: "" };
  if (store.text !== "keyvault" && store.text !== "") {
    context.report(
      diagnostic(
        "unknown-service",
        store.span,
        { name: store.text, kind: "secret store", known: "keyvault" },
        suggested(closest(store.text, ["keyvault"])),
      ),
    );
  } else if (args.length !== 2 && store.text !== "") {
    const params = { name: "keyvault", expected: 'a vault and a key, `keyvault("vault", "key")`', found: args.length };
    context.report(diagnostic("argument-count", store.span, params));
  }
  const part = (arg: StringLiteral | ConfigReference | undefined): Setting => {
    if (!arg) return unknown;
    if (arg.kind === "string") return { kind: "text", value: arg.value };
    const spec: SettingSpec = { type: "string", doc: "", example: '"…"' };
    return checkReference("keyvault", arg, spec, context) ?? unknown;
  };
  return { declaration, vault: part(args[0]), key: part(args[1]) };
}

export function checkSource(declaration: SourceDeclaration, context: CheckContext): CheckedSource | undefined {
  const { connector } = declaration;
  const found = Object.entries(sourceKinds).find(([kind]) => kind === connector.name.text);
  if (!found) {
    const known = Object.keys(sourceKinds);
    if (connector.name.text !== "") {
      context.report(
        diagnostic(
          "unknown-service",
          connector.name.span,
          { name: connector.name.text, kind: "source kind", known: known.join(", ") },
          suggested(closest(connector.name.text, known)),
        ),
      );
    }
    return undefined;
  }
  const settings = checkBlock(connector, found[1].settings, context);
  const kind = connector.name.text;
  if (kind !== "http" && kind !== "file" && kind !== "postgres" && kind !== "mongodb") return undefined;
  return { declaration, kind, settings };
}
