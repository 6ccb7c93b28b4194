import { expect, it } from "vitest";
import { survivorsOnDuckdb } from "./duckdb.ts";
import { catalogueMutants } from "./mutants.ts";
import { isMutant, LIMIT, scoreOf, share, shownMutant } from "./score.ts";

it("vectors detect the removal of any guard of the DuckDB templates", async () => {
  const mutants = catalogueMutants("duckdb").filter(isMutant);
  const score = scoreOf("duckdb", mutants, await survivorsOnDuckdb(mutants));
  expect(score.outdated).toEqual([]);
  expect(share(score), score.survivors.map(shownMutant).join("\n")).toBeLessThan(LIMIT);
}, 300_000);
