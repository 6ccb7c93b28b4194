/** `medalc doctor`: checks the permissions to deploy to an environment, and prints the commands that grant missing ones. */
import { SERVICES, type ServiceId } from "../../deploy/object.ts";
import { SERVICE_NAMES } from "../../deploy/render.ts";
import type { Check } from "../../deploy/services/check.ts";
import { type Diagnostic, hasErrors } from "../../diagnostics/diagnostic.ts";
import { jsonDiagnostic } from "../../diagnostics/render-json.ts";
import { type CommandResult, EXIT } from "../command.ts";
import { announceIfSlow } from "../deploy-progress.ts";
import { failureResult, openSession, readingText } from "../deploy-session.ts";
import { type DeployableOptions, loadDeployable } from "../deploy-target.ts";
import type { Io } from "../io.ts";

export type DoctorOptions = Pick<DeployableOptions, "path" | "env" | "param">;

export async function doctor(options: DoctorOptions, io: Io): Promise<CommandResult> {
  const { diagnostics, sources, ready } = await loadDeployable(options, io);
  if (ready === undefined) return { diagnostics, sources };
  const { place, wanted } = ready;
  const session = await openSession(place, wanted, io);
  try {
    const { stack } = session;
    const services = SERVICES.filter((service) => stack.clients.has(service));
    const groups: readonly Group[] = await announceIfSlow(readingText(stack), io.stderr, () =>
      Promise.all([
        ...services.map(async (service) => ({
          ...{ service, title: SERVICE_NAMES[service] },
          checks: await stack.check(service),
        })),
        stack.checkRun().then((checks) => ({ service: "run", title: "Access of a run", checks }) as const),
      ]),
    );
    const checks = groups.filter((each) => each.checks.length > 0);
    const problems = distinct(checks.flatMap((each) => each.checks.flatMap(problemsOf)));
    const text = checks.map((each) => `${each.title}\n${each.checks.map(lineOf).join("")}`).join("\n");
    const data = checks.flatMap((each) =>
      each.checks.map((check) => ({
        ...{ service: each.service, what: check.what, ok: check.kind === "unknown" ? null : check.kind === "fine" },
        ...(check.kind === "wrong" ? {} : { detail: check.detail }),
        ...(check.kind === "fine"
          ? {}
          : { problems: check.problems.map((problem) => jsonDiagnostic(problem, sources)) }),
        ...(check.access === undefined ? {} : { access: check.access }),
      })),
    );
    return {
      diagnostics: [...diagnostics, ...problems],
      sources,
      answer: { text, data: { environment: wanted.environment, checks: data } },
      exitCode: hasErrors(problems) ? EXIT.errors : EXIT.ok,
    };
  } catch (error) {
    return failureResult(error, session.stop, { diagnostics, sources });
  }
}

interface Group {
  readonly service: ServiceId | "run";
  readonly title: string;
  readonly checks: readonly Check[];
}

function problemsOf(check: Check): readonly Diagnostic[] {
  return check.kind === "fine" ? [] : check.problems;
}

function lineOf(check: Check): string {
  if (check.kind === "unknown") return `  SKIP   ${check.what}: ${check.detail}\n`;
  if (check.kind === "fine") return `  PASS   ${check.what}: ${check.detail}\n`;
  const codes = [...new Set(check.problems.map(({ code }) => code))];
  return `  FAIL   ${check.what}: ${codes.join(", ")}\n`;
}

/** Removes duplicates: a missing sign-in is found by every service. */
function distinct(problems: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...new Map(problems.map((each) => [`${each.code} ${each.message} ${each.hint ?? ""}`, each])).values()];
}
