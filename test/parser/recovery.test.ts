import { expect, it } from "vitest";
import type { Declaration } from "../../src/parser/ast.ts";
import { grouped, parseText } from "./support.ts";

/** The declarations of a text with `count` errors. */
function broken(count: number, text: string): readonly Declaration[] {
  const { module, diagnostics } = parseText(text);
  expect(diagnostics.map((each) => each.message)).toHaveLength(count);
  return module.declarations;
}

function columnsOf(declaration: Declaration | undefined): readonly string[] {
  const members = declaration?.kind === "bronze" ? declaration.members : [];
  return members.map((each) => (each.kind === "column" ? `${each.name.text}: ${each.type.name.text}` : each.kind));
}

/** The kinds of the steps, with names and values of named values. */
function outline(declaration: Declaration | undefined): readonly string[] {
  const steps = declaration?.kind === "table" ? declaration.steps : [];
  return steps.map((step) => {
    if (step.kind !== "derive" && step.kind !== "select") return step.kind;
    return `${step.kind} ${step.columns.map((each) => `${each.name?.text ?? ""}=${grouped(each.value)}`).join(" ")}`;
  });
}

it("a broken column is dropped but keeps its name", () => {
  const [bronze] = broken(
    3,
    `bronze b from s.csv("b") {
    a: int
    b int
    c: decimal(10
    d: string @
    key a
  }`,
  );
  expect(columnsOf(bronze)).toEqual(["a: int", "b: int", "c: ", "d: string", "key"]);
});

it("after a broken header the columns are kept", () => {
  expect(columnsOf(broken(1, 'bronze b s.csv("b") {\n  a: int\n}')[0])).toEqual(["a: int"]);
});

it("only a broken step is dropped", () => {
  const [table] = broken(
    3,
    `silver t {
    from a.b
    wher x > 0
    join one on
    where (a
    derive { a = 1 }
    sort a
  }`,
  );
  expect(outline(table)).toEqual(["from", "join", "where", "derive a=1", "sort"]);
});

it("a broken value is dropped but keeps its name", () => {
  const [table] = broken(
    5,
    `silver t {
    derive {
      a = 1 +
      b = f(1
      c = (2 * 3
      d = match { x => , y 1, else => 2 }
    }
  }`,
  );
  expect(outline(table)).toEqual(["derive a=(1 + …) b=… c=… d=match { x => …, y => …, else => 2 }"]);
});

it("a list on one line loses only the broken entry", () => {
  expect(outline(broken(1, "silver t { select { a, b = f(c d), e, f.g } }")[0])).toEqual(["select =a b=… =e =f.g"]);
});

it("only a broken declaration is dropped", () => {
  const kinds = broken(
    4,
    `import sources
param a int
secret x = keyvault("a" "b")
source s = file path: "x" }
enum A { a }
`,
  ).map((each) => each.kind);
  expect(kinds).toEqual(["import", "param", "secret", "source", "enum"]);
});

it("a missing brace affects no other declaration", () => {
  const declarations = broken(
    2,
    `silver a {
  from bronze.a
  derive {
    b = 1

/// The next.
silver c {
  from silver.a
  select { d

gold e {
  from silver.c
}
`,
  );
  expect(declarations.map(outline)).toEqual([["from", "derive b=1"], ["from", "select =d"], ["from"]]);
});

it("an extra brace ends its declaration", () => {
  const declarations = broken(
    1,
    `silver a {
  from bronze.a
  derive { b = 1 } }
  where b > 0
}

silver c {
  from silver.a
}
`,
  );
  expect(declarations.map(outline)).toEqual([["from", "derive b=1"], ["from"]]);
});

it("a missing name or relation is empty, and the tokens around it are kept", () => {
  const [table] = broken(1, "silver t { from silver. as s }");
  expect(table).toMatchObject({
    steps: [{ relation: { layer: { text: "silver" }, name: { text: "" } }, alias: { text: "s" } }],
  });
  expect(broken(1, "silver { from a.b }")[0]).toMatchObject({ name: { text: "" }, steps: [{ kind: "from" }] });
  expect(broken(1, "silver t { from orders as o }")[0]).toMatchObject({
    steps: [{ relation: { layer: { text: "" }, name: { text: "orders" } }, alias: { text: "o" } }],
  });
});

it("an unfinished path keeps its parts, for completion", () => {
  const [table] = broken(1, "silver t { where o. }");
  expect(table).toMatchObject({ steps: [{ condition: { kind: "path", parts: [{ text: "o" }, { text: "" }] } }] });
});

it("an unclosed string does not include the end of its block", () => {
  expect(outline(broken(2, 'silver t { derive { a = f("x) } sort a }\nenum A { a }')[0])).toEqual(["derive a=…"]);
  expect(outline(broken(1, 'silver t { derive { a = f("x) }\n  sort a\n}')[0])).toEqual(['derive a=f("x")', "sort"]);
});

it("only one side of a merge conflict is parsed", () => {
  const [table] = broken(
    1,
    `silver t {
<<<<<<< ours
  sort a
=======
  take 1
>>>>>>> theirs
  key a
}`,
  );
  expect(outline(table)).toEqual(["sort", "key"]);
});

it("upper-case keywords and operators of other languages are parsed as intended", () => {
  const [table] = broken(1, "silver t { where a <> 'x' AND NOT b || c === d }");
  const [step] = table?.kind === "table" ? table.steps : [];
  expect(step?.kind === "where" && grouped(step.condition)).toBe('(((a != "x") and (not b)) or (c == d))');
});

it("applying the fixes leads to a valid text", () => {
  const text = `silver t {
  from a.b x;
  where a <> 'it''s' AND NOT b || c === d && !e  -- a remark
  where f = .5 and preço > 0
  derive { 2nd = 1, in = 2 }
  expect "said": g else "
}`;
  let fixed = text;
  const edits = parseText(text).diagnostics.flatMap((each) => each.fix?.edits ?? []);
  for (const { span, text: by } of edits.toSorted((a, b) => b.span.start - a.span.start)) {
    fixed = fixed.slice(0, span.start) + by + fixed.slice(span.end);
  }
  expect(fixed).toBe(`silver t {
  from a.b as x
  where a != "it's" and not b or c == d and not e  // a remark
  where f == 0.5 and \`preço\` > 0
  derive { \`2nd\` = 1, \`in\` = 2 }
  expect "said": g else ""
}`);
  expect(parseText(fixed).diagnostics.map((each) => each.message)).toEqual(['expected a name, found ""']);
});
