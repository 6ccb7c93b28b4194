import { expect, it } from "vitest";
import { evaluate } from "../../src/import/adf/expression.ts";
import { known, type Scope, unknown, type Value } from "../../src/import/adf/value.ts";

const scope: Scope = {
  globals: new Map<string, Value>([["env", { ...known("dev"), origin: { kind: "global", name: "env" } }]]),
  parameters: new Map([
    ["tables", known(["a", "b"])],
    ["run", unknown("the trigger gives it")],
  ]),
  item: known({ name: "Orders", Columns: [{ n: 1 }] }),
  dataset: new Map([["path", known("x/y.csv")]]),
};

it.each([
  ["plain", "plain"],
  ["@@plain", "@plain"],
  ["a@@{b}", "a@{b}"],
  ["@item().name", "Orders"],
  ["@item()?.columns[0]['n']", 1],
  ["@{item().name}", "Orders"],
  ["raw/@{toLower(item().name)}/@{dataset().path}", "raw/orders/x/y.csv"],
  ["@concat('it''s ', item().name, '/', 1)", "it's Orders/1"],
  ["@pipeline().parameters.tables", ["a", "b"]],
  ["@pipeline().Parameters.TABLES[1]", "b"],
  ["@if(equals(length(pipeline().parameters.tables), 2), 'two', 'other')", "two"],
  ["@json('[{\"t\": 1}]')", [{ t: 1 }]],
  ["@split('a,b', ',')", ["a", "b"]],
  ["@range(1, 3)", [1, 2, 3]],
  ["@replace( 'a-b' , '-' , '_' )", "a_b"],
  [{ value: "@createArray('x', true, null)", type: "Expression" }, ["x", true, null]],
  [
    { a: "@{item().name}", b: 2 },
    { a: "Orders", b: 2 },
  ],
])("%j is worth %j", (text, value) => {
  expect(evaluate(text, scope)).toMatchObject({ kind: "known", value });
});

it.each([
  ["@activity('x').output.value", "the activity x provides it at run time"],
  ["@utcnow('yyyy')", "utcnow() is known only at run time"],
  ["@pipeline().RunId", "RunId is known only at run time"],
  ["@pipeline().parameters.run", "the trigger gives it"],
  ["@item().other", "other does not exist"],
  ["@pipeline().constructor.name", "constructor is known only at run time"],
  ["@bool('constructor')", "bool() has no value"],
  ["@linkedService().x", "x is known only at run time"],
  ["@concat('a'", "its expression is not supported"],
  ["@item().name and more", "its expression is not supported"],
  ["@substring('abc', 2, 5)", "substring() has no value"],
  [`@${"not(".repeat(5000)}`, "its expression is not supported"],
])("%s is not known, and why is said", (text, why) => {
  expect(evaluate(text, scope)).toMatchObject({ kind: "unknown", why });
});

it("the beginning of a text with unknown parts is known", () => {
  expect(evaluate("bronze/@{item().name}/load=@{utcnow()}/x", scope)).toMatchObject({ start: "bronze/Orders/load=" });
  expect(evaluate("@concat('a/', item().name, '/', utcnow())", scope)).toMatchObject({ start: "a/Orders/" });
});

it("a parameter's value keeps its origin as long as it is unchanged", () => {
  const origin = { kind: "global", name: "env" };
  expect(evaluate("@pipeline().globalParameters.env", scope)).toEqual({ kind: "known", value: "dev", origin });
  expect(evaluate("@{pipeline().globalParameters.env}", scope)).toEqual({ kind: "known", value: "dev", origin });
  expect(evaluate("x-@{pipeline().globalParameters.env}", scope)).toEqual({ kind: "known", value: "x-dev" });
});
