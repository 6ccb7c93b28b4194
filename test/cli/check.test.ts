import { expect, it } from "vitest";
import { EXIT } from "../../src/cli/command.ts";
import { medalc, temporaryFolder } from "../support/io.ts";

const PROGRAM = `project shop {
  lake = adls { account: param.account, container: "shop" }
}
param account: string
source web = http { base_url: "https://shop.example/" }
bronze orders from web.csv("orders.csv") {
  id: int
}
silver orders {
  from bronze.orders
  distinct
}
`;

it("reports the errors of every environment", async () => {
  const environments = {
    dev: { params: { acount: "x" } },
    prod: { params: { account: 3 }, sources: { webb: { folder: "x" } } },
  };
  const folder = temporaryFolder({ "shop.medal": PROGRAM, "medal.json": JSON.stringify({ environments }) });
  const { code, out } = await medalc("check", { folder });
  expect(code).toBe(EXIT.errors);
  expect(out.match(/error [a-z-]+/g)).toEqual([
    "error config-unknown-param",
    "error config-param-type",
    "error config-unknown-source",
  ]);
});

it("a program without values for its params is valid: they may be set later", async () => {
  const folder = temporaryFolder({ "shop.medal": PROGRAM });
  expect(await medalc("check", { folder })).toMatchObject({ code: EXIT.ok });
});

it("shows progress if a check may take long", async () => {
  const folder = temporaryFolder({ "shop.medal": `${PROGRAM}\n${"// so long\n".repeat(100_001)}` });
  const { code, err } = await medalc("check", { folder });
  expect(code).toBe(EXIT.ok);
  expect(err).toBe("Checking shop.medal (file 1 of 1)\n");
});
