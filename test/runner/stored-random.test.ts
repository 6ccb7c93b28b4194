/**
 * Random loads of every mode, compared with a reference that takes docs/language/time.md literally: after each load, and
 * after all of them at once. Each table has many independent groups of rows, so that few builds try thousands of histories.
 */
import { expect, it, onTestFinished } from "vitest";
import type { Row } from "./project.ts";
import { sortedRows } from "./project.ts";
import { createStoredLake, type WrittenLoad } from "./stored.ts";

/** A record as the source sends it. */
interface SentRecord {
  readonly group: number;
  readonly key: number;
  /** `bad`: a text that is no number. */
  readonly version: number | "bad" | null;
  readonly text: string | null;
  readonly gone: boolean | null;
  /** Not even a record. */
  readonly isMalformed: boolean;
  /** A text where an int is declared. */
  readonly hasBadNumber: boolean;
}

interface Load {
  readonly id: string;
  /** Undefined: the load contains everything. */
  readonly from: number | undefined;
  readonly to: number;
  readonly isComplete: boolean;
  readonly files: ReadonlyMap<string, readonly SentRecord[]>;
}

type Mode = "append" | "changes" | "files" | "full";
type Format = "table" | "csv" | "json";

interface Table {
  readonly name: string;
  readonly mode: Mode;
  readonly format: Format;
  readonly loads: readonly Load[];
}

const GROUPS = 40;
const LOADS = 5;

function createRandom(seed: number) {
  let state = seed;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return Math.floor((state / 0x8000_0000) * below);
  };
  return {
    next,
    chance: (percent: number) => next(100) < percent,
    pick: <T>(list: readonly T[]) => list[next(list.length)] as T,
  };
}

type Random = ReturnType<typeof createRandom>;

function randomRecord(group: number, [low, high]: readonly [number, number], random: Random): SentRecord {
  const { next, chance, pick } = random;
  return {
    group,
    key: next(3),
    version: chance(4) ? "bad" : chance(4) ? null : low + next(high - low + 1),
    text: chance(10) ? null : pick(["a", "b", "", "c,d", 'e"f', "ü"]),
    gone: chance(10) ? null : chance(25),
    isMalformed: chance(3),
    hasBadNumber: chance(4),
  };
}

function randomLoads(mode: Mode, format: Format, random: Random): readonly Load[] {
  const { next, chance } = random;
  const loads: Load[] = [];
  let to = 3 + next(3);
  for (let index = 0; index < LOADS; index++) {
    const isStart = index === 0 || mode === "full" || (mode !== "files" && chance(8));
    if (index > 0) to += next(3);
    const from = isStart ? undefined : Math.max(0, to - 1 - next(4));
    const range = [mode === "append" ? (from ?? 0) : 0, to] as const;
    const previous = loads.at(-1);
    // A load may be empty, or the one before it again.
    const isReplay = previous !== undefined && chance(10) && mode !== "append";
    const files = isReplay ? previous.files : randomFiles(format, range, random);
    const id = `202601${String(10 + index)}T060000Z`;
    loads.push({ id, from, to, isComplete: !chance(8), files });
  }
  return loads;
}

function randomFiles(format: Format, range: readonly [number, number], random: Random): Load["files"] {
  const { next, chance, pick } = random;
  const names = format === "table" ? [""] : ["1/a", "1/b", "2/a", "2/c"].filter(() => chance(60));
  const files = new Map(names.map((name): [string, SentRecord[]] => [path(name, format), []]));
  if (chance(10)) return files;
  for (let group = 0; group < GROUPS; group++) {
    for (let count = next(4); count > 0 && names.length > 0; count--) {
      const file = path(pick(names), format);
      files.get(file)?.push(randomRecord(group, range, random));
    }
  }
  return files;
}

function path(name: string, format: Format): string {
  return format === "table" ? "" : `${name}.${format}`;
}

/** What a table reads: the rows by their columns, and how many records are rejected. */
interface Expected {
  readonly rows: readonly Row[];
  readonly rejected: number;
}

interface Placed extends SentRecord {
  readonly load: Load;
  readonly file: string;
  readonly place: number;
}

/** Rules that the reference can leave out, to show that the histories depend on them. */
type Rule = "range" | "ties" | "deleted" | "start" | "newest file";

function fits({ isMalformed, hasBadNumber, version, text }: SentRecord): boolean {
  return !isMalformed && !hasBadNumber && typeof version === "number" && text !== null;
}

/** The definition, word for word. */
function reference({ mode, format }: Table, all: readonly Load[], without?: Rule): Expected {
  const complete = all.filter(({ isComplete }) => isComplete);
  const start = complete.findLastIndex(({ from }) => from === undefined);
  const loads = without === "start" || mode === "files" ? complete : complete.slice(Math.max(0, start));
  const records = loads.flatMap((load) =>
    [...load.files.keys()]
      .sort()
      .flatMap((file) =>
        (load.files.get(file) ?? []).map((record, index): Placed => ({ ...record, load, file, place: index + 1 })),
      ),
  );
  const counted = records.filter((record) => counts(record, loads, mode, without));
  const rows = counted.filter(fits);
  const kept = mode === "changes" ? newestOfEachKey(rows, without) : rows;
  return {
    rows: sortedRows(kept.map((row) => rowOf(row, mode, format))),
    rejected: counted.length - rows.length,
  };
}

function counts(
  { version, isMalformed, load, file }: Placed,
  loads: readonly Load[],
  mode: Mode,
  without?: Rule,
): boolean {
  const later = loads.slice(loads.indexOf(load) + 1);
  switch (mode) {
    case "changes":
      return true;
    case "full":
      return later.length === 0;
    case "files":
      return without === "newest file" || !later.some(({ files }) => files.has(file));
    case "append": {
      if (without === "range") return true;
      const lowest = Math.min(...later.map(({ from = 0 }) => from));
      // Later loads contain the whole range of the load.
      if (load.from !== undefined && load.from >= lowest) return false;
      if (isMalformed || version === "bad") return true;
      if (version === null) return later.length === 0;
      return !later.some(({ from = 0, to }) => from <= version && version <= to);
    }
    default:
      return mode satisfies never;
  }
}

function newestOfEachKey(rows: readonly Placed[], without?: Rule): readonly Placed[] {
  const newest = new Map<string, Placed>();
  for (const row of rows) {
    const key = `${row.group} ${row.key}`;
    const known = newest.get(key);
    const [version, best] = [Number(row.version), Number(known?.version)];
    if (known === undefined || (without === "ties" ? version > best : version >= best)) newest.set(key, row);
  }
  return [...newest.values()].filter(({ gone }) => without === "deleted" || gone !== true);
}

function rowOf({ group, key, version, text, gone, load, file, place }: Placed, mode: Mode, format: Format): Row {
  const id = load.id.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, "$1-$2-$3 $4:$5:$6+00");
  const of = format === "table" ? [] : [`in/${file}`, file.slice(0, 1), String(place)];
  return [
    String(group),
    String(key),
    String(version),
    text,
    gone === null ? null : String(gone),
    ...(mode === "append" ? [load.id] : []),
    id,
    ...of,
  ];
}

function declaration({ name, mode, format }: Table): string {
  const object = format === "table" ? `db.table("public.${name}")` : `files.${format}("in/{part}/*.${format}")`;
  const load = { append: "append by v", changes: "changes by v deleted when gone", files: "files", full: "full" }[mode];
  const key = mode === "changes" ? "key (g, k)" : "";
  const id = mode === "append" ? "load: string = load.id" : "";
  const file = format === "table" ? "" : "file: string = load.file\npart: int = load.part\nplace: long = load.row";
  return `bronze ${name} from ${object} {
    load ${load}
    g: int
    k: int
    v: int
    t: string
    gone: bool?
    ${id}
    at: timestamp = load.at
    ${file}
    ${key}
    reject at most 100%
  }`;
}

function textOf(records: readonly SentRecord[], format: Format): string {
  if (format !== "csv") return records.map((each) => `${jsonText(each)}\n`).join("");
  return `gone,t,x,v,k,g\n${records.map((each) => `${csvText(each)}\n`).join("")}`;
}

function jsonText({ group, key, version, text, gone, isMalformed, hasBadNumber }: SentRecord): string {
  if (isMalformed) return '{"g": 1';
  return JSON.stringify({ g: hasBadNumber ? "x" : group, k: key, v: version, t: text, gone, more: [1.5] });
}

function csvText({ group, key, version, text, gone, isMalformed, hasBadNumber }: SentRecord): string {
  const quoted = text === null ? "" : /[",]/.test(text) || text === "" ? `"${text.replaceAll('"', '""')}"` : text;
  const fields = [gone, quoted, "x", version, key, hasBadNumber ? "x" : group].map((each) => each ?? "");
  return `${fields.join(",")}${isMalformed ? ",more" : ""}`;
}

function writtenLoad({ id, from, to, files, isComplete }: Load, { mode, format }: Table): WrittenLoad {
  const texts = [...files].map(([name, records]) => [`in/${name}`, textOf(records, format)] as const);
  return {
    ...{ id, isComplete, to: String(to) },
    ...(from === undefined ? {} : { from: mode === "files" ? "a load" : String(from) }),
    files: format === "table" ? textOf([...files.values()][0] ?? [], format) : Object.fromEntries(texts),
  };
}

const KINDS: readonly (readonly [Mode, Format])[] = [
  ["append", "table"],
  ["append", "table"],
  ["append", "table"],
  ["changes", "table"],
  ["changes", "csv"],
  ["changes", "json"],
  ["files", "csv"],
  ["files", "json"],
  ["full", "csv"],
];

it("tables are what their loads mean, after each load and after all of them", async () => {
  const random = createRandom(20_260_131);
  const tables = KINDS.map(([mode, format], at): Table => {
    return { name: `t${at}`, mode, format, loads: randomLoads(mode, format, random) };
  });
  const program = tables.map(declaration).join("\n");
  const [step, once] = await Promise.all([createStoredLake(program), createStoredLake(program)]);
  onTestFinished(() => {
    step.close();
    once.close();
  });
  for (let count = 1; count <= LOADS; count++) {
    for (const table of tables) {
      const load = table.loads[count - 1];
      if (load !== undefined) step.write(table.name, writtenLoad(load, table));
    }
    const { results } = await step.build();
    for (const table of tables) {
      const loads = table.loads.slice(0, count);
      if (!loads.some(({ isComplete }) => isComplete)) continue;
      const expected = reference(table, loads);
      const what = `${table.name} (${table.mode} of ${table.format}) after ${count} loads`;
      expect(await step.rows(`bronze.${table.name}`), what).toEqual(expected.rows);
      expect(await step.rows(`quarantine.bronze.${table.name}`), what).toHaveLength(expected.rejected);
      expect(
        results.find(({ relation }) => relation === `bronze.${table.name}`),
        what,
      ).toMatchObject({
        rows: expected.rows.length,
        rejected: expected.rejected,
      });
    }
  }
  for (const table of tables) once.write(table.name, ...table.loads.map((load) => writtenLoad(load, table)));
  await once.build();
  for (const { name } of tables) {
    for (const relation of [`bronze.${name}`, `quarantine.bronze.${name}`]) {
      expect(await once.rows(relation), relation).toEqual(await step.rows(relation));
    }
  }
  // The histories would show each rule that is left out.
  const rules: Readonly<Record<Rule, Mode>> = {
    range: "append",
    ties: "changes",
    deleted: "changes",
    start: "changes",
    "newest file": "files",
  };
  for (const [rule, mode] of Object.entries(rules)) {
    const shown = tables.filter((table) => {
      const { rows } = reference(table, table.loads, rule as Rule);
      return table.mode === mode && JSON.stringify(rows) !== JSON.stringify(reference(table, table.loads).rows);
    });
    expect(shown.length, rule).toBeGreaterThan(0);
  }
});
