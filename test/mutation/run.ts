/**
 * `npm run mutation [-- --engine spark] [-- --printers]`: prints the mutants of the catalogue's templates that no
 * vector detects, or the guards of the printers whose removal nothing detects.
 */
import { parseArgs } from "node:util";
import { templatesAsText } from "../support/templates.ts";

templatesAsText();
const { survivorsOnDuckdb } = await import("./duckdb.ts");
const { catalogueMutants } = await import("./mutants.ts");
const { guardsOf } = await import("./guards.ts");
const { undetectedGuards } = await import("./printers.ts");
const { isMutant, LIMIT, scoreOf, share, shownMutant } = await import("./score.ts");
const { survivorsOnSpark } = await import("./spark.ts");

const { values } = parseArgs({
  options: { engine: { type: "string", default: "duckdb" }, printers: { type: "boolean", default: false } },
});
const engine = values.engine === "spark" ? "spark" : "duckdb";

async function printers(): Promise<boolean> {
  const all = guardsOf(engine);
  const undetected = await undetectedGuards(engine);
  for (const { file, what, text } of undetected) print(`${file} on ${engine}: ${what}\n    ${text}`);
  const noticed =
    undetected.length === 0 ? "all of them noticed when they are gone" : `${undetected.length} of them not missed`;
  print(`${engine}: ${all.length} guards of the printers, ${noticed}`);
  return undetected.length === 0;
}

async function catalogue(): Promise<boolean> {
  const mutants = catalogueMutants(engine).filter(isMutant);
  const survived = engine === "spark" ? await survivorsOnSpark(mutants) : await survivorsOnDuckdb(mutants);
  const score = scoreOf(engine, mutants, survived);
  for (const mutant of score.survivors) print(shownMutant(mutant));
  for (const { place, what } of score.outdated) print(`no mutant is left for the equivalent ${place} ${what}`);
  const counts = `${score.mutants} mutants, ${score.equivalent} of them equivalent; ${score.survivors.length} of the others survive`;
  print(`${engine}: ${counts}, ${(share(score) * 100).toFixed(1)} %`);
  return share(score) < LIMIT && score.outdated.length === 0;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

if (!(await (values.printers ? printers() : catalogue()))) process.exitCode = 1;
