import { MongoClient } from "mongodb";
import pg from "pg";
import { expect, it, onTestFinished } from "vitest";
import { root } from "../../support/paths.ts";
import { startAll } from "../../support/servers/all.ts";

it("provides every generated source of the example as the environment specifies", async () => {
  const { environment, secrets, stop } = await startAll(`${root}/examples/data/sample`);
  onTestFinished(stop);
  const { github, erp, catalog } = environment.sources;

  const file = await fetch(new URL("olist_sellers_dataset.csv", String(github?.base_url)));
  expect(await file.text()).toContain("seller_id,");

  const sql = new pg.Client({
    host: String(environment.params.erp_host),
    port: Number(erp?.port),
    database: String(erp?.database),
    user: String(erp?.user),
    password: secrets.MEDAL_SECRET_ERP_PASSWORD ?? "",
  });
  await sql.connect();
  const { rows } = await sql.query("SELECT count(*)::int AS payments FROM public.order_payments");
  expect(rows).toEqual([{ payments: 1039 }]);
  await sql.end();

  const mongo = await MongoClient.connect(secrets.MEDAL_SECRET_ATLAS_URI ?? "");
  const names = mongo.db(String(catalog?.database)).collection("product_category_translation");
  expect(await names.countDocuments()).toBe(71);
  await mongo.close();
});
