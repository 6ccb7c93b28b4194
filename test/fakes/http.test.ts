import { expect, it } from "vitest";
import { createFaults, startServer } from "./http.ts";

it("hands requests on as they were sent, dots and escapes too", async () => {
  await using server = await startServer(({ method, path, query, body }) => ({
    status: 200,
    body: { method, path, query: [...query], body },
  }));
  const response = await fetch(`${server.url}/a%2Fb/c?x=%26`, { method: "PUT", body: "hello" });
  expect(await response.json()).toEqual({ method: "PUT", path: ["a/b", "c"], query: [["x", "&"]], body: "hello" });
  expect(server.log).toEqual([{ method: "PUT", target: "/a%2Fb/c?x=%26", body: "hello", status: 200 }]);
});

it("fails the requests that it is asked to fail, over all servers of a plan", async () => {
  const faults = createFaults();
  let done = 0;
  const service = () => ({ status: 200, body: { done: ++done } });
  await using one = await startServer(service, faults);
  await using other = await startServer(service, faults);
  faults.at(1, { kind: "answer", answer: { status: 503, headers: { "retry-after": "1" }, body: "busy" } });
  faults.at(2, { kind: "reset" });
  faults.at(3, { kind: "lost" });
  faults.at(4, { kind: "hang" });
  faults.at(5, {
    kind: "meanwhile",
    run: () => {
      done = 10;
    },
  });

  const busy = await fetch(one.url);
  expect([busy.status, busy.headers.get("retry-after"), await busy.text()]).toEqual([503, "1", "busy"]);
  await expect(fetch(other.url)).rejects.toThrow();
  expect(done).toBe(0);
  await expect(fetch(one.url)).rejects.toThrow();
  expect(done).toBe(1);
  await expect(fetch(one.url, { signal: AbortSignal.timeout(50) })).rejects.toThrow("timeout");
  expect(await (await fetch(other.url)).json()).toEqual({ done: 11 });
  expect(one.log.map(({ status }) => status)).toEqual([503, undefined, undefined]);
  expect(faults.count()).toBe(5);
  faults.restart();
  expect((await fetch(one.url)).status).toBe(200);
});

it("answers 500 where the service throws", async () => {
  await using server = await startServer(() => {
    throw new Error("a bug");
  });
  expect((await fetch(server.url)).status).toBe(500);
});
