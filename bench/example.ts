/** The example program and its benchmark data. */
import { join } from "node:path";
import { generate } from "../examples/data/generate.ts";
import { check, plan } from "../src/compile.ts";
import { createNodeHost } from "../src/node-host.ts";
import type { Program } from "../src/plan/program.ts";
import { once } from "../test/support/lock.ts";
import { cache, root } from "../test/support/paths.ts";

/** The folder of the hand-maintained reference data. */
export const REFERENCE: string = join(root, "examples/reference");

/** The folder of the example's data at a scale, generated once and cached. */
export async function dataOf(scale: number): Promise<string> {
  return once(`${cache}/bench/data-${scale}`, async (out) => generate({ scale, seed: 1, out, expected: false }));
}

export function exampleProgram(): Program {
  const program = plan(check(createNodeHost(root), ["examples/ecommerce.medal"]));
  if (program === undefined) throw new Error("the example does not compile");
  return program;
}
