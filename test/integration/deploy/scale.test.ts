import { afterAll, expect, it } from "vitest";
import { startCloud } from "../../fakes/cloud.ts";
import { connect, deployable, deployed, planned, shop } from "./support.ts";

const cloud = await startCloud();
afterAll(() => cloud[Symbol.asyncDispose]());

it("sends the same number of requests for any number of unchanged tables", async () => {
  const counts: number[] = [];
  for (const size of [20, 100]) {
    const tables = Array.from(
      { length: size },
      (_, at) => `gold t${at} {\n  from silver.orders\n  select { order_id }\n}\n`,
    );
    const wanted = deployable(shop({ more: tables.join("\n") }));
    const stack = connect(cloud, wanted.objects);
    expect(await deployed(stack, wanted)).toMatchObject({ isDone: true });
    cloud.faults.restart();
    expect((await planned(stack, wanted)).plan.steps).toEqual([]);
    counts.push(cloud.faults.count());
  }
  const [few = 0, many = 0] = counts;
  // Connections that are still open save logins.
  expect(Math.abs(many - few)).toBeLessThanOrEqual(4);
  expect(many).toBeLessThan(40);
});
