/** `npm run mutation [-- --engine spark]`: prints the mutants of the emitted expressions that no vector notices. */
import { survivorsOnDuckdb } from "./duckdb.ts";
import { catalogueMutants } from "./mutants.ts";
import { isMutant, LIMIT, scoreOf, share, shownMutant } from "./score.ts";
import { survivorsOnSpark } from "./spark.ts";

const engine = process.argv.includes("spark") ? "spark" : "duckdb";
const mutants = catalogueMutants(engine).filter(isMutant);
const survived = engine === "spark" ? await survivorsOnSpark(mutants) : await survivorsOnDuckdb(mutants);
const score = scoreOf(engine, mutants, survived);
const lines = [
  ...score.survivors.map(shownMutant),
  ...score.outdated.map(({ place, what }) => `no mutant is left for the equivalent ${place} ${what}`),
  `${engine}: ${score.mutants} mutants, ${score.equivalent} of them equivalent; ${score.survivors.length} of the others survive, ${(share(score) * 100).toFixed(1)} %`,
];
process.stdout.write(`${lines.join("\n")}\n`);
if (share(score) >= LIMIT || score.outdated.length > 0) process.exitCode = 1;
