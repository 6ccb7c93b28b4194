import { BOOL, DOUBLE, decimal, INT, LONG, STRING } from "../../../src/types.ts";
import { type AggregateVector, bool, day, dbl, dec, int, long, none, OVERFLOW, rows, text } from "./vector.ts";

const price = (value: string) => dec(value, 10, 2);
const NONE = none(decimal(10, 2));
const MAX_LONG = "9223372036854775807";

export const aggregateVectors: Readonly<Record<string, readonly AggregateVector[]>> = {
  count: [
    [[[[]], [[]]], long(2)],
    [
      [
        [[], true],
        [[], false],
        [[], null],
      ],
      long(1),
    ],
    [[[[], false]], long(0)],
    [rows(int(1), none(INT), int(1)), long(2)],
    [rows(none(STRING)), long(0)],
    [
      [
        [[int(1)], true],
        [[int(2)], false],
        [[none(INT)], true],
      ],
      long(1),
    ],
  ],
  count_distinct: [
    [rows(int(1), int(1), none(INT), int(2)), long(2)],
    [rows(text("a"), text("A"), text("a ")), long(3)],
    [rows(none(INT)), long(0)],
    [
      [
        [[int(1)], true],
        [[int(2)], null],
      ],
      long(1),
    ],
  ],
  count_if: [
    [rows(bool(true), bool(false), none(BOOL), bool(true)), long(2)],
    [rows(none(BOOL)), long(0)],
    [
      [
        [[bool(true)], true],
        [[bool(true)], false],
      ],
      long(1),
    ],
  ],
  sum: [
    [rows(int(1), int(2), none(INT)), long(3)],
    [rows(int(2147483647), int(2147483647)), long("4294967294")],
    [rows(none(INT)), none(LONG)],
    [rows(long(MAX_LONG), long(0)), long(MAX_LONG)],
    [rows(long(MAX_LONG), long(1)), OVERFLOW],
    [rows(price("0.10"), price("0.20"), NONE), dec("0.30", 20, 2)],
    [rows(price("99999999.99"), price("99999999.99")), dec("199999999.98", 20, 2)],
    [rows(NONE), none(decimal(20, 2))],
    [rows(dec("9".repeat(38)), dec("1", 38, 0)), OVERFLOW],
    [rows(dbl("0.5"), dbl("0.25")), dbl("0.75")],
    [
      [
        [[price("1.00")], true],
        [[price("2.00")], false],
        [[price("4.00")], null],
      ],
      dec("1.00", 20, 2),
    ],
    [[[[price("1.00")], false]], none(decimal(20, 2))],
    [rows(long(1), none(LONG), long(2)), long(3)],
    [rows(dec("9".repeat(37), 38, 0), none(decimal(38, 0)), dec("1", 38, 0)), dec(`1${"0".repeat(37)}`, 38, 0)],
  ],
  avg: [
    [rows(int(1), int(2), none(INT)), dbl("1.5")],
    [rows(none(INT)), none(DOUBLE)],
    [rows(long("9007199254740993"), long("9007199254740993")), dbl("9007199254740992")],
    [rows(long(MAX_LONG), long(MAX_LONG)), OVERFLOW],
    [rows(none(LONG)), none(DOUBLE)],
    [rows(price("1.00"), price("2.00"), NONE), dec("1.500000", 14, 6)],
    [rows(price("1.00"), price("1.00"), price("0.00")), dec("0.666667", 14, 6)],
    [rows(price("-1.00"), price("-1.00"), price("0.00")), dec("-0.666667", 14, 6)],
    [rows(price("0.00"), price("0.00"), price("1.00")), dec("0.333333", 14, 6)],
    [rows(price("-99999999.99"), price("-99999999.98")), dec("-99999999.985000", 14, 6)],
    [rows(NONE), none(decimal(14, 6))],
    [rows(dec("9".repeat(28), 30, 2), dec("9".repeat(28), 30, 2)), dec(`${"9".repeat(28)}.000000`, 34, 6)],
    [rows(dec("1.00", 30, 2), dec("1.00", 30, 2), dec("0.00", 30, 2)), dec("0.666667", 34, 6)],
    [rows(dec("-1.00", 30, 2), dec("-1.00", 30, 2), dec("0.00", 30, 2)), dec("-0.666667", 34, 6)],
    [rows(none(decimal(30, 2))), none(decimal(34, 6))],
    [
      rows(dec(`${"9".repeat(28)}.${"9".repeat(6)}`), dec(`${"9".repeat(28)}.${"9".repeat(5)}8`)),
      dec(`${"9".repeat(28)}.${"9".repeat(5)}85000`, 38, 10),
    ],
    [rows(dec(`0.${"0".repeat(19)}1`, 23, 20), dec("0", 23, 20)), dec(`0.${"0".repeat(20)}5000`, 27, 24)],
    [rows(dec("1", 5, 0), dec("2", 5, 0)), dec("1.5000", 9, 4)],
    [rows(dbl("0.5"), dbl("1")), dbl("0.75")],
    [
      [
        [[price("1.00")], true],
        [[price("3.00")], true],
        [[price("9.00")], false],
      ],
      dec("2.000000", 14, 6),
    ],
    [
      [
        [[long(1)], true],
        [[long(8)], false],
      ],
      dbl("1"),
    ],
    [rows(dec("1.50", 25, 2), none(decimal(25, 2)), dec("1.51", 25, 2)), dec("1.505000", 29, 6)],
    [rows(dec("-1.50", 25, 2), dec("-1.51", 25, 2), dec("0.00", 25, 2)), dec("-1.003333", 29, 6)],
    [rows(dec("0.05", 2, 2), dec("0.06", 2, 2), dec("0.06", 2, 2)), dec("0.056667", 6, 6)],
    [
      rows(dec("99999999999999999999999999.99", 28, 2), dec("0.01", 28, 2), dec("0.01", 28, 2)),
      dec("33333333333333333333333333.336667", 32, 6),
    ],
    [rows(...Array.from({ length: 6 }, () => dec("0.01", 30, 2)), dec("0.00", 30, 2)), dec("0.008571", 34, 6)],
    [rows(...Array.from({ length: 6 }, () => dec("0.01", 24, 2)), dec("0.00", 24, 2)), dec("0.008571", 28, 6)],
  ],
  min: [
    [rows(int(3), none(INT), int(2)), int(2)],
    [rows(text("a"), text("B")), text("B")],
    [rows(text("😀"), text("\uffff")), text("\uffff")],
    [rows(day("2018-01-02"), day("2018-01-01")), day("2018-01-01")],
    [rows(price("-1.00"), price("1.00")), price("-1.00")],
    [rows(none(STRING)), none(STRING)],
    [[[[int(1)], false]], none(INT)],
    [rows(bool(true), bool(false), none(BOOL)), bool(false)],
    [rows(bool(true), none(BOOL)), bool(true)],
    [
      [
        [[bool(true)], true],
        [[bool(false)], false],
        [[bool(false)], null],
      ],
      bool(true),
    ],
  ],
  max: [
    [rows(int(3), none(INT), int(2)), int(3)],
    [rows(text("a"), text("B")), text("a")],
    [rows(dbl("1.5"), dbl("-2")), dbl("1.5")],
    [rows(none(INT)), none(INT)],
    [rows(bool(false), bool(true), none(BOOL)), bool(true)],
    [rows(none(BOOL)), none(BOOL)],
    [
      [
        [[bool(false)], true],
        [[bool(true)], false],
        [[bool(true)], null],
      ],
      bool(false),
    ],
    [
      [
        [[int(1)], true],
        [[int(9)], false],
        [[int(9)], null],
      ],
      int(1),
    ],
  ],
  bool_and: [
    [rows(bool(true), none(BOOL)), bool(true)],
    [rows(bool(true), bool(false)), bool(false)],
    [rows(none(BOOL)), none(BOOL)],
    [
      [
        [[bool(true)], true],
        [[bool(false)], false],
        [[bool(false)], null],
      ],
      bool(true),
    ],
  ],
  bool_or: [
    [rows(bool(false), none(BOOL)), bool(false)],
    [rows(bool(true), bool(false)), bool(true)],
    [rows(none(BOOL)), none(BOOL)],
    [[[[bool(true)], false]], none(BOOL)],
  ],
  median: [
    [rows(int(1), int(2)), dbl("1.5")],
    [rows(int(3), int(1), none(INT), int(2)), dbl("2")],
    [rows(price("1.00"), price("1.01")), dbl("1.005")],
    [rows(dbl("-23.5"), dbl("-23.6")), dbl("-23.55")],
    [rows(long("1")), dbl("1")],
    [rows(none(DOUBLE)), none(DOUBLE)],
    [
      [
        [[int(1)], true],
        [[int(9)], false],
      ],
      dbl("1"),
    ],
  ],
  stddev_samp: [
    [rows(int(1), int(2), int(3), none(INT)), dbl("1")],
    [rows(dbl("1")), none(DOUBLE)],
    [rows(price("1.00"), price("2.00")), dbl("0.7071067811865476")],
  ],
  var_samp: [
    [rows(int(1), int(2), int(3)), dbl("1")],
    [rows(dbl("1")), none(DOUBLE)],
    [rows(none(DOUBLE)), none(DOUBLE)],
  ],
};
