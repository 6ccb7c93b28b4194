/** Earlier versions of the tables in the lake. */
import { type Diagnostic, diagnostic } from "../diagnostics/diagnostic.ts";
import type { Span } from "../source.ts";
import type { Typed } from "../types.ts";
import { snapshotDamage } from "./damage.ts";
import { type Commit, commitsIn, type ReadRows, readDelta } from "./delta/log.ts";
import { deltaSchema } from "./delta/schema.ts";
import { failure } from "./errors.ts";
import type { FoundInput } from "./inputs.ts";
import type { Lake } from "./lake.ts";

/** The version of a table to read: by its number, or the newest one at a time. */
export type WantedVersion =
  | { readonly kind: "number"; readonly version: number }
  | { readonly kind: "at"; readonly at: Date };

interface NamedType extends Typed {
  readonly name: string;
}

interface Table {
  readonly relation: string;
  /** As the program declares them. */
  readonly columns: readonly NamedType[];
  readonly span: Span;
  readonly lake: Lake;
  readonly readRows: ReadRows;
}

/** Finds a version of a table. Throws a failure if it is not kept, or has other columns than the program declares. */
export async function findVersion(wanted: WantedVersion, table: Table): Promise<FoundInput> {
  const { relation, columns, span, lake, readRows } = table;
  const folder = lake.tableFolder(relation);
  const commits = await commitsIn(folder);
  const version = versionOf(wanted, commits);
  const snapshot = version === undefined ? undefined : await readDelta(folder, readRows, version);
  const isReadable = snapshot !== undefined && !("unreadable" in snapshot);
  if (!isReadable || (await snapshotDamage(folder, snapshot, false)) !== undefined) {
    throw failure(await notKept(wanted, commits, table));
  }
  const stored = new Map(snapshot.schema.fields.map(({ name, type }) => [name, JSON.stringify(type)]));
  const others = deltaSchema(columns).fields.filter(({ name, type }) => stored.get(name) !== JSON.stringify(type));
  if (others.length > 0) {
    const params = { relation, version: snapshot.version, columns: others.map(({ name }) => name).join(", ") };
    throw failure(diagnostic("version-outdated", span, params));
  }
  return { relation, state: `${snapshot.metadata.id} ${snapshot.version}`, snapshot };
}

function versionOf(wanted: WantedVersion, commits: readonly Commit[]): number | undefined {
  if (wanted.kind === "number") return commits.find(({ version }) => version === wanted.version)?.version;
  const time = wanted.at.getTime();
  return commits.findLast(({ timestamp }) => timestamp !== undefined && timestamp <= time)?.version;
}

/** Says which versions there are: those whose files still exist. */
async function notKept(wanted: WantedVersion, commits: readonly Commit[], table: Table): Promise<Diagnostic> {
  const { relation, span, lake, readRows } = table;
  const folder = lake.tableFolder(relation);
  const kept: Commit[] = [];
  for (const commit of commits.toReversed()) {
    const snapshot = await readDelta(folder, readRows, commit.version);
    const isKept = snapshot !== undefined && !("unreadable" in snapshot);
    if (!isKept || (await snapshotDamage(folder, snapshot, false)) !== undefined) break;
    kept.unshift(commit);
  }
  const which = wanted.kind === "number" ? `version ${wanted.version}` : `version of ${timeText(wanted.at.getTime())}`;
  const [first] = kept;
  const last = kept.at(-1);
  const hint =
    first === undefined || last === undefined
      ? `\`medalc run --select +${relation.replace("quarantine.", "")}\` builds it.`
      : `Its versions are ${first.version} (${timeText(first.timestamp)}) to ${last.version} (${timeText(last.timestamp)}).`;
  return diagnostic("version-missing", span, { relation, which }, { hint });
}

function timeText(milliseconds: number | undefined): string {
  return milliseconds === undefined ? "of unknown time" : new Date(milliseconds).toISOString().replace(/\.000Z$/, "Z");
}
