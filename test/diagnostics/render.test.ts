import { expect, it } from "vitest";
import { diagnostic, mergeCauses } from "../../src/diagnostics/diagnostic.ts";
import { excerpt, visible } from "../../src/diagnostics/render-excerpt.ts";
import { renderGithub } from "../../src/diagnostics/render-github.ts";
import { jsonDiagnostic } from "../../src/diagnostics/render-json.ts";
import { sarifLog } from "../../src/diagnostics/render-sarif.ts";
import { countText, renderText } from "../../src/diagnostics/render-text.ts";
import type { SourceFile, Span } from "../../src/source.ts";
import { expectGolden } from "../support/golden.ts";

const file: SourceFile = {
  path: "shop/medal.json",
  text: '{\n\t"environments": {\n\t\t"prod": { "params": { "cïty, 東京": "x" } }\n\t}\n}\n',
};
const sources = new Map([[file.path, file]]);

function spanOf(text: string): Span {
  const start = file.text.indexOf(text);
  return { file: file.path, start, end: start + text.length };
}

const unknownParam = diagnostic(
  "config-unknown-param",
  spanOf('"x"'),
  { name: "city: 50%\nof it" },
  {
    hint: "did you mean town?",
    related: [{ span: spanOf('"prod"'), message: "in this environment" }],
    fix: { title: "Write town", edits: [{ span: spanOf('"x"'), text: '"town"' }] },
  },
);
const onCommandLine = diagnostic("unknown-code", { file: "", start: 0, end: 0 }, { code: "x" });
const unknownText = diagnostic("config-syntax", { file: "gone.json", start: 3, end: 4 }, { problem: "?" });
const twoMeanings = diagnostic(
  "config-syntax",
  spanOf('"cïty, 東京"'),
  { problem: "two things can be meant" },
  {
    choices: [
      { title: "Rename the city", edits: [{ span: spanOf('"cïty, 東京"'), text: '"city"' }] },
      { title: "Declare the param\nfirst", edits: [] },
    ],
  },
);
const all = [unknownParam, onCommandLine, unknownText, twoMeanings];

it("shows the location, the line with markers, related locations, the hint and the fix", () => {
  expectGolden("diagnostics/plain.txt", renderText(all, sources, { color: false, width: 80 }));
});

it("colours for a terminal", () => {
  expectGolden("diagnostics/color.txt", renderText(all, sources, { color: true, width: 80 }));
});

it("is empty without diagnostics", () => {
  expect(renderText([], sources, { color: false, width: 80 })).toBe("");
});

it("marks by terminal cells: tabs are four, wide characters two, combining ones none", () => {
  expect(excerpt("\tab", 1, 3, 80)).toEqual({ text: "    ab", marks: "    ^^" });
  expect(excerpt("東京 x", 0, 2, 80)).toEqual({ text: "東京 x", marks: "^^^^" });
  expect(excerpt("東京 x", 3, 4, 80)).toEqual({ text: "東京 x", marks: "     ^" });
  expect(excerpt("e\u0301 x", 3, 4, 80).marks).toBe("  ^");
  expect(excerpt("😀 x", 3, 4, 80).marks).toBe("   ^");
});

it("marks an empty span, also at the end of a line", () => {
  expect(excerpt("ab", 2, 2, 80)).toEqual({ text: "ab", marks: "  ^" });
});

it("truncates source text in a message, and messages of services after 1000 characters", () => {
  const nowhere: Span = { file: "", start: 0, end: 0 };
  const message = (problem: string, service = "Storage"): string =>
    diagnostic("service-token-refused", nowhere, { service, problem }).message;
  const sentence = "AADSTS50076: Due to a configuration change made by your administrator. ".repeat(12).trim();
  expect(message(sentence)).toContain(sentence);
  expect(message("x".repeat(2000))).toMatch(/: x{999}…$/);
  expect(message("no", "y".repeat(200))).toMatch(/^y{119}… /);
});

it("cuts a long line around the span", () => {
  const line = `${"a".repeat(100)}HERE${"b".repeat(100)}`;
  const { text, marks } = excerpt(line, 100, 104, 40);
  expect(text).toBe(`…${"a".repeat(12)}HERE${"b".repeat(22)}…`);
  expect(marks).toBe(`${" ".repeat(13)}^^^^`);
  expect(excerpt(line, 2, 3, 40)).toEqual({ text: `${"a".repeat(39)}…`, marks: "  ^" });
  expect(excerpt(line, 203, 204, 40).text).toBe(`…${"b".repeat(13)}`);
});

it("a span of several lines is marked to the end of its first line", () => {
  const span = { file: file.path, start: file.text.indexOf("{", 3), end: file.text.length };
  const text = renderText([diagnostic("config-syntax", span, { problem: "?" })], sources, { color: false, width: 80 });
  expect(text).toContain('    2 |     "environments": {\n      |                     ^\n');
});

it("replaces characters that could falsify the output", () => {
  expect(visible("a\u001b[31mb\u202ec\r\nd")).toBe("a\ufffd[31mb\ufffdc\ufffd\ufffdd");
});

it("counts errors and warnings", () => {
  expect(countText([])).toBe("");
  expect(countText([onCommandLine])).toBe("1 error");
  expect(countText([onCommandLine, { ...onCommandLine, severity: "warning" }, onCommandLine])).toBe(
    "2 errors and 1 warning",
  );
});

it("prints locations, related locations, hint and fix as JSON", () => {
  expectGolden(
    "diagnostics/diagnostics.json",
    `${JSON.stringify(
      all.map((each) => jsonDiagnostic(each, sources)),
      null,
      2,
    )}\n`,
  );
});

it("prints SARIF with a region per location and one rule per code", () => {
  expectGolden("diagnostics/diagnostics.sarif", `${JSON.stringify(sarifLog(all, sources), null, 2)}\n`);
});

it("prints one workflow command per diagnostic, with line breaks and separators escaped", () => {
  expectGolden("diagnostics/github.txt", renderGithub(all, sources));
});

it("merges the choices of diagnostics with the same cause by title", () => {
  const at = (start: number) => ({ file: file.path, start, end: start + 1 });
  const found = [1, 5].map((start) =>
    diagnostic(
      "config-syntax",
      at(start),
      { problem: "?" },
      {
        cause: "the same",
        choices: [
          { title: "a", edits: [{ span: at(start), text: "a" }] },
          { title: "b", edits: [{ span: at(start), text: "b" }] },
        ],
      },
    ),
  );
  const [only, ...others] = mergeCauses(found);
  expect(others).toEqual([]);
  expect(
    only?.choices?.map(({ title, edits }) => [title, ...edits.map(({ span, text }) => `${span.start}${text}`)]),
  ).toEqual([
    ["a", "1a", "5a"],
    ["b", "1b", "5b"],
  ]);
});
