import fc from "fast-check";
import { expect, it } from "vitest";
import { diffBodies } from "../../src/deploy/diff.ts";
import { sameJson } from "../../src/deploy/json.ts";
import type { Json } from "../../src/deploy/object.ts";

const copy = (retry: number, name = "copy_orders") => ({ name, type: "Copy", policy: { retry } });

it("names the property that differs, and list items by their names", () => {
  const before = { activities: [copy(2), copy(1, "copy items")], annotations: ["medalc"] };
  const after = { activities: [copy(3), copy(1, "copy items")], annotations: ["medalc", "olist"] };
  expect(diffBodies(before, after)).toEqual([
    { path: "activities[copy_orders].policy.retry", before: 2, after: 3 },
    { path: "annotations", before: ["medalc"], after: ["medalc", "olist"] },
  ]);
});

it("lists added and removed items, tasks by their keys", () => {
  const task = (key: string) => ({ task_key: key, notebook_task: { notebook_path: `/n/${key}` } });
  expect(diffBodies({ tasks: [task("a"), task("b")] }, { tasks: [task("b"), task("c")] })).toEqual([
    { path: "tasks[a]", before: task("a") },
    { path: "tasks[c]", after: task("c") },
  ]);
});

it("reports a difference in order only", () => {
  expect(diffBodies([copy(1, "a"), copy(1, "b")], [copy(1, "b"), copy(1, "a")])).toEqual([
    { path: " (order)", before: ["a", "b"], after: ["b", "a"] },
  ]);
});

it("identifies items without names by position, and quotes unusual names", () => {
  expect(diffBodies({ "a b": [{ x: 1 }] }, { "a b": [{ x: 2 }, { y: 1 }] })).toEqual([
    { path: '["a b"][0].x', before: 1, after: 2 },
    { path: '["a b"][1]', after: { y: 1 } },
  ]);
  expect(diffBodies([{ name: "a]" }], [{ name: "a]", b: null }])).toEqual([{ path: '["a]"].b', after: null }]);
});

it("compares texts line by line", () => {
  const [found] = diffBodies({ text: "a\nb\nc\n" }, { text: "a\nx\nc\n" });
  expect(found).toEqual({ path: "text", lines: "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n" });
});

it("never shows what looks like a secret", () => {
  const before = {
    typeProperties: {
      password: "hunter2",
      accessToken: { type: "SecureString", value: "hunter2" },
      connectionString: "Server=s;Password=hunter2",
      url: "https://a.blob.core.windows.net/c?sv=1&sig=hunter2",
      servicePrincipalKey: "hunter2",
    },
    parameters: { api_password: { type: "String", defaultValue: "hunter2" } },
    headers: [{ name: "x-api-key", value: "hunter2" }],
    text: 'a\npassword = "hunter2"\n',
    code: 'a\nspark.conf.set("fs.azure.account.key.olist.dfs.core.windows.net", "hunter2")\n',
  };
  const secret = { type: "AzureKeyVaultSecret", secretName: "erp-password" };
  const after = {
    typeProperties: { password: secret },
    parameters: { api_password: { type: "String", defaultValue: "" } },
    headers: [{ name: "x-api-key", value: "" }],
    ...{ text: "a\n", code: "a\n" },
  };
  const found = diffBodies(before, after);
  expect(JSON.stringify(found)).not.toContain("hunter2");
  expect(found).toContainEqual({ path: "typeProperties.password", before: "(not shown)", after: secret });
  expect(found).toContainEqual({ path: "text", lines: "@@ -1,2 +1,1 @@\n a\n-(not shown)\n" });
  expect(diffBodies(after, before)).toHaveLength(found.length);
  const whole = diffBodies({}, before);
  expect(JSON.stringify([whole, diffBodies(before, {})])).not.toContain("hunter2");
  const line = '.groupBy("customer_key", "seller_id")\n';
  expect(diffBodies({ text: "\n" }, { text: line })[0]?.lines).toContain("+.groupBy");
  expect(diffBodies({ credential: "a", task_key: "b" }, { credential: "c", task_key: "d" })).toEqual([
    { path: "credential", before: "a", after: "c" },
    { path: "task_key", before: "b", after: "d" },
  ]);
});

it("finds no difference between equal bodies, and one between any others", () => {
  const json = fc.jsonValue({ maxDepth: 3 }).map((value): Json => JSON.parse(JSON.stringify(value)));
  fc.assert(
    fc.property(json, json, (a, b) => {
      expect(diffBodies(a, a)).toEqual([]);
      expect(diffBodies(a, b).length === 0).toBe(sameJson(a, b));
    }),
  );
});
