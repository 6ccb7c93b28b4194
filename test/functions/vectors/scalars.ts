import { arithmeticVectors } from "./arithmetic.ts";
import { dateVectors } from "./dates.ts";
import { logicVectors } from "./logic.ts";
import { numberVectors } from "./numbers.ts";
import { textVectors } from "./text.ts";
import type { Vectors } from "./vector.ts";

export const scalarVectors: Vectors = {
  ...arithmeticVectors,
  ...logicVectors,
  ...numberVectors,
  ...textVectors,
  ...dateVectors,
};
