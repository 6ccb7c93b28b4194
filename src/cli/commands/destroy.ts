/** `medalc destroy`: removes what was deployed. Rows are kept, except those of the given tables. */
import type { CommandResult } from "../command.ts";
import {
  confirmAndApply,
  failureResult,
  openSession,
  planSession,
  rowlessProblems,
  type SessionOptions,
} from "../deploy-session.ts";
import { type DeployableOptions, loadDeployable } from "../deploy-target.ts";
import type { Io } from "../io.ts";

export interface DestroyOptions
  extends Pick<DeployableOptions, "path" | "env" | "param" | "allowDestroy">,
    SessionOptions {}

export async function destroy(options: DestroyOptions, io: Io): Promise<CommandResult> {
  const { diagnostics, sources, ready } = await loadDeployable(options, io);
  if (ready === undefined) return { diagnostics, sources };
  const { place, wanted } = ready;
  const session = await openSession(place, wanted, io);
  try {
    const planned = await planSession(session, { ...wanted, objects: [], tables: [] });
    const all = [...diagnostics, ...planned.diagnostics, ...rowlessProblems(planned)];
    return await confirmAndApply({ ...planned, kind: "destroy", diagnostics: all, sources }, session, options, io);
  } catch (error) {
    return failureResult(error, session.stop, { diagnostics, sources });
  }
}
