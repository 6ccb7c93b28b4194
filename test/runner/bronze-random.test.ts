/** Random CSV files, compared with a simple reader that processes one character at a time. */
import { expect, it, onTestFinished } from "vitest";
import { CSV_PIECES } from "../support/bronze/random-files.ts";
import { createProject, type Row, resultOf, sortedRows } from "./project.ts";

const FILES = 150;

interface Records {
  readonly fitting: readonly Row[];
  /** The text of each malformed record, without its line break. */
  readonly malformed: readonly string[];
  /** The last quoted text is not closed. */
  readonly open: boolean;
}

/** The records of a text whose header has two columns, according to RFC 4180 and docs/lake.md. */
function recordsOf(text: string): Records {
  const fitting: Row[] = [];
  const malformed: string[] = [];
  let start = 0;
  let fields: (string | null)[] = [];
  let field: string | null = null;
  let state: "start" | "bare" | "quoted" | "closed" | "broken" = "start";
  let isBroken = false;
  let length = 0;
  const endField = () => {
    fields.push(field);
    field = null;
    isBroken ||= state === "broken" || state === "quoted";
    state = "start";
  };
  const endRecord = (end: number) => {
    endField();
    const [a = null, b = null] = fields;
    if (length > 0 && (isBroken || fields.length !== 2))
      malformed.push(text.slice(start, end).replace(/\r?\n$|\r$/, ""));
    else if (length > 0) fitting.push([a, b]);
    fields = [];
    isBroken = false;
    length = 0;
  };
  // By UTF-16 units: no rule depends on surrogate pairs.
  const characters = text.split("");
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? "";
    const next = characters[at + 1];
    const isReturn = character === "\r" && (next === "\n" || next === undefined);
    const isEnd = state !== "quoted" && (character === "\n" || isReturn);
    if (isEnd) {
      const end = at;
      if (character === "\r") at++;
      endRecord(end);
      start = at + 1;
      continue;
    }
    length++;
    if (state === "quoted") {
      if (character !== '"') field += character;
      else if (characters[at + 1] === '"') {
        field += '"';
        at++;
      } else state = "closed";
    } else if (character === ",") endField();
    else if (state === "closed" || state === "broken") state = "broken";
    else if (state === "start" && character === '"') {
      field = "";
      state = "quoted";
    } else {
      field = (field ?? "") + character;
      state = "bare";
    }
  }
  const open = state === "quoted";
  endRecord(text.length);
  return { fitting, malformed, open };
}

function randomTexts(): readonly string[] {
  let state = 20260131;
  const next = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  return Array.from({ length: FILES }, () =>
    Array.from({ length: 1 + next(24) }, () => CSV_PIECES[next(CSV_PIECES.length)]).join(""),
  );
}

it("the reference reader reads plain files", () => {
  expect(recordsOf('1,2\r\n"a ""b"",\n",\n,""\n\n1\n1,2,3\n"x"y,1\n3,a"b\n4,"')).toEqual({
    fitting: [
      ["1", "2"],
      ['a "b",\n', null],
      [null, ""],
      ["3", 'a"b'],
    ],
    malformed: ["1", "1,2,3", '"x"y,1', '4,"'],
    open: true,
  });
});

it(`${FILES} random CSV files are read like by the reference reader`, { timeout: 240_000 }, async () => {
  const texts = randomTexts();
  const program = texts.map(
    (_, at) =>
      `bronze f${at} from files.csv("${at}.csv") { a: string?, b: string?, reject at most 100% }\nsilver f${at} { from bronze.f${at} }`,
  );
  const files = Object.fromEntries(
    texts.map((text, at) => [`${at}.csv`, `${["", "\n", "\r\n\n"][at % 3]}a,b\n${text}`]),
  );
  const project = await createProject(program.join("\n"), files);
  onTestFinished(() => project.remove());
  const result = await project.run();
  const wrong: object[] = [];
  for (const [at, text] of texts.entries()) {
    const { fitting, malformed } = recordsOf(text);
    const { state, rejected } = resultOf(result, `silver.f${at}`);
    const found = {
      state,
      rejected,
      rows: state === "ok" ? await project.rows(`silver.f${at}`) : [],
      quarantined: state === "ok" ? await project.rows(`quarantine.silver.f${at}`) : [],
    };
    const quarantined = malformed.map((record): Row => [`bronze.f${at}`, "malformed record", record]);
    const expected = {
      state: "ok",
      rejected: malformed.length,
      rows: sortedRows(fitting),
      quarantined: sortedRows(quarantined),
    };
    if (JSON.stringify(found) !== JSON.stringify(expected)) wrong.push({ text, found, expected });
  }
  expect(wrong.map((each) => JSON.stringify(each))).toEqual([]);
});
