import { expect, it } from "vitest";
import type { AnyNode } from "../../src/parser/ast.ts";
import { children, nodeAt, pathTo } from "../../src/parser/walk.ts";
import { markedPlaces } from "../support/marked-source.ts";
import { cases } from "./mistakes.table.ts";
import { snippets, titled } from "./snippets.ts";
import { declarationOf, parseText } from "./support.ts";

const broken = cases.map(({ marked }) => markedPlaces(marked).text);

function isNode(value: unknown): value is AnyNode {
  return typeof value === "object" && value !== null && "kind" in value && "span" in value;
}

/** The child nodes found in any field of a node. */
function fieldsOf(node: AnyNode): readonly AnyNode[] {
  return Object.values(node).flat().filter(isNode);
}

function all(node: AnyNode): readonly AnyNode[] {
  return [node, ...children(node).flatMap(all)];
}

it.each(titled(snippets))("is read without a mistake: %j", (_, text) => {
  expect(parseText(text).diagnostics).toEqual([]);
});

it.each(titled([...snippets, ...broken]))("children are all there and inside of their parents: %j", (_, text) => {
  for (const node of all(parseText(text).module)) {
    expect(new Set(children(node))).toEqual(new Set(fieldsOf(node)));
    expect(node.span.start).toBeLessThanOrEqual(node.span.end);
    for (const child of children(node)) {
      expect(child.span.file).toBe("test.medal");
      const isInside = node.span.start <= child.span.start && child.span.end <= node.span.end;
      expect(isInside || `${child.kind} is not inside of ${node.kind} in ${text}`).toBe(true);
    }
  }
});

it.each(titled(snippets))("children stand in the order of the text, beside each other: %j", (_, text) => {
  for (const node of all(parseText(text).module)) {
    let end = 0;
    for (const child of children(node)) {
      expect(child.span.start).toBeGreaterThanOrEqual(end);
      end = child.span.end;
    }
  }
});

it.each(titled(snippets))("names and literals stand where they say: %j", (_, text) => {
  for (const node of all(parseText(text).module)) {
    const source = text.slice(node.span.start, node.span.end);
    if (node.kind === "name") expect([node.text, `"${node.text}"`, `\`${node.text}\``]).toContain(source);
    if (node.kind === "number") expect(source.replaceAll("_", "")).toBe(node.text);
    if (node.kind === "binary") {
      expect(text.slice(node.operatorSpan.start, node.operatorSpan.end)).toBe(node.operator);
    }
  }
});

it("a node's span excludes the surrounding tokens", () => {
  const { text, ranges } = markedPlaces("silver t { «where «(a + b) * «c»»» «derive { «d = e»}» }");
  const spans = all(parseText(text).module).map(({ span }) => `${span.start}-${span.end}`);
  for (const { start, end } of ranges) expect(spans).toContain(`${start}-${end}`);
});

it("the `///` lines directly above are the doc, without the marks", () => {
  const declaration = declarationOf(`
    /// not this

    /// First line.
    ///  Indented by one.
    ///
    /// Last line.   
    bronze b from s.csv("x") {
      a: int /// behind a, so not above b
      b: int
      /// For c.
      c: int
      /// not this
      // because of this
      d: int
      //// a line
      e: int
      /// For key.
      key: int
    }`);
  expect(declaration).toMatchObject({
    doc: "First line.\n Indented by one.\n\nLast line.",
    members: [
      { doc: undefined },
      { doc: undefined },
      { doc: "For c." },
      { doc: undefined },
      { doc: undefined },
      { doc: "For key." },
    ],
  });
});

it("line breaks may be CRLF", () => {
  const { module, diagnostics } = parseText("/// Doc.\r\n/// More.\r\nenum A {\r\n  a // c\r\n}\r\n");
  expect(diagnostics).toEqual([]);
  expect(module).toMatchObject({ declarations: [{ doc: "Doc.\nMore." }], comments: [{}, {}, { text: "// c" }] });
});

it("all comments are kept in order, and doc comments are distinguished", () => {
  const { module } = parseText("// a\n/// b\nenum A { // c\n a } //// d");
  expect(module.comments.map((each) => [each.text, each.doc])).toEqual([
    ["// a", false],
    ["/// b", true],
    ["// c", false],
    ["//// d", false],
  ]);
});

it("the node at an offset is the innermost one, including at its end", () => {
  const text = "silver t { where abc + d }";
  const { module } = parseText(text);
  expect(nodeAt(module, text.indexOf("abc") + 3)).toMatchObject({ kind: "name", text: "abc" });
  expect(pathTo(module, text.indexOf("+")).map((each) => each.kind)).toEqual(["module", "table", "where", "binary"]);
  expect(nodeAt(module, text.length + 5).kind).toBe("module");
});
