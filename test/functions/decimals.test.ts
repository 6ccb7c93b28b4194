import fc from "fast-check";
import { expect, it } from "vitest";
import {
  addDigits,
  commonDigits,
  type Digits,
  digitsOfText,
  divideDigits,
  multiplyDigits,
  remainderDigits,
  typeOfNumber,
} from "../../src/functions/decimals.ts";
import { decimal, INT, LONG } from "../../src/types.ts";

const digits = (precision: number, scale: number): Digits => ({ precision, scale });

it("results have the digits of SQL's rules", () => {
  expect(addDigits(digits(10, 2), digits(8, 4))).toEqual(digits(13, 4));
  expect(multiplyDigits(digits(10, 2), digits(10, 2))).toEqual(digits(21, 4));
  expect(divideDigits(digits(10, 2), digits(10, 2))).toEqual(digits(16, 6));
  expect(divideDigits(digits(10, 8), digits(4, 1))).toEqual(digits(11, 8));
  expect(remainderDigits(digits(10, 2), digits(5, 4))).toEqual(digits(5, 4));
  expect(commonDigits(digits(10, 2), digits(8, 4))).toEqual(digits(12, 4));
});

it("a number literal has its own digits", () => {
  expect(digitsOfText("0.50")).toEqual(digits(2, 2));
  expect(digitsOfText("1000.00")).toEqual(digits(6, 2));
  expect(digitsOfText("0")).toEqual(digits(1, 0));
  expect(digitsOfText("-007")).toEqual(digits(1, 0));
  expect(digitsOfText("0.0")).toEqual(digits(1, 1));
});

it("a number literal has the smallest type that fits", () => {
  expect(typeOfNumber("2147483647")).toEqual(INT);
  expect(typeOfNumber("2147483648")).toEqual(LONG);
  expect(typeOfNumber("9223372036854775808")).toBeUndefined();
  expect(typeOfNumber("0.50")).toEqual(decimal(2, 2));
  expect(typeOfNumber(`1.${"0".repeat(38)}`)).toBeUndefined();
});

/** Every value with this many digits, as an integer of its smallest units. */
const operand = fc
  .tuple(fc.integer({ min: 1, max: 18 }), fc.integer({ min: 0, max: 18 }))
  .map(([precision, scale]) => digits(precision, Math.min(scale, precision)))
  .chain((type) => {
    const limit = 10n ** BigInt(type.precision) - 1n;
    return fc.record({ type: fc.constant(type), units: fc.bigInt({ min: -limit, max: limit }) });
  });

const fits = (units: bigint, { precision }: Digits): boolean =>
  (units < 0n ? -units : units) < 10n ** BigInt(precision);
const scaled = (units: bigint, from: number, to: number): bigint => units * 10n ** BigInt(to - from);

it("sums, products and remainders of any values fit", () => {
  fc.assert(
    fc.property(operand, operand, (a, b) => {
      const sum = addDigits(a.type, b.type);
      const [x, y] = [scaled(a.units, a.type.scale, sum.scale), scaled(b.units, b.type.scale, sum.scale)];
      const remainder = y === 0n ? 0n : x % y;
      return (
        fits(x + y, sum) &&
        fits(x - y, sum) &&
        fits(a.units * b.units, multiplyDigits(a.type, b.type)) &&
        fits(remainder, remainderDigits(a.type, b.type)) &&
        fits(x, commonDigits(a.type, b.type)) &&
        fits(y, commonDigits(a.type, b.type))
      );
    }),
  );
});

it("quotients of any values fit", () => {
  fc.assert(
    fc.property(operand, operand, (a, b) => {
      if (b.units === 0n) return true;
      const quotient = divideDigits(a.type, b.type);
      const numerator = a.units * 10n ** BigInt(quotient.scale + b.type.scale);
      const denominator = b.units * 10n ** BigInt(a.type.scale);
      return fits(numerator / denominator, quotient);
    }),
  );
});
