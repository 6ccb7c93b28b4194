import { type AddedDirt, createPut, type Row } from "../dirt.ts";
import type { Orders } from "../orders.ts";
import type { World } from "../world.ts";
import { createTable, type Table } from "./table.ts";
import { money } from "./text.ts";

const COLUMNS = ["order_id", "payment_sequential", "payment_type", "payment_installments", "payment_value"] as const;
const put = createPut(COLUMNS);

/** Only errors that a typed database allows, and no duplicates, because the program declares a key. */
const ADDED: readonly AddedDirt[] = [
  {
    kind: "not-defined",
    outcome: "filtered",
    what: "a payment without type and value",
    share: 0.00003,
    change: put({ payment_type: "not_defined", payment_value: "0.00" }),
  },
  {
    kind: "unknown-type",
    outcome: "rejected",
    what: "a type of payment that the program does not declare",
    reason: "payment_type is not PaymentType",
    share: 0.0001,
    change: put({ payment_type: "pix" }),
  },
  {
    kind: "missing-value",
    outcome: "rejected",
    what: "no value",
    reason: "payment_value is missing",
    share: 0.0001,
    change: put({ payment_value: null }),
  },
  {
    kind: "missing-type-and-installments",
    outcome: "rejected",
    what: "neither a type nor a number of installments",
    reason: "payment_type is missing; payment_installments is missing",
    share: 0.00005,
    change: put({ payment_type: null, payment_installments: null }),
  },
  {
    kind: "negative-value",
    outcome: "counted",
    what: "a refund",
    reason: "paid something",
    share: 0.0001,
    change: put({ payment_value: (value) => `-${value}` }),
  },
  {
    kind: "zero-value",
    outcome: "kept",
    what: "a voucher without a value",
    share: 0.0001,
    change: put({ payment_type: "voucher", payment_value: "0.00" }),
  },
  {
    kind: "no-installments",
    outcome: "kept",
    what: "a card payment in zero installments",
    share: 0.00003,
    change: put({ payment_type: "credit_card", payment_installments: "0" }),
  },
];

export function payments(world: World, shop: Orders): Table {
  return createTable(world, {
    name: "payments",
    file: "erp/public.order_payments.jsonl",
    columns: COLUMNS,
    format: { kind: "json" },
    kinds: [
      { kind: "several-payments", outcome: "kept", what: "a payment after the order's first" },
      { kind: "voucher", outcome: "kept", what: "paid with a voucher" },
    ],
    added: ADDED,
    count: world.counts.payments,
    *clean(): Iterable<Row> {
      for (let number = 0; number < world.counts.orders; number++) {
        const order = shop.order(number).id;
        for (const [place, { type, installments, value }] of shop.payments(number).entries()) {
          const sequential = String(place + 1);
          yield {
            values: [order, sequential, type, String(installments), money(value)],
            key: `${order}/${sequential}`,
            dirt: [...(place > 0 ? ["several-payments"] : []), ...(type === "voucher" ? ["voucher"] : [])],
          };
        }
      }
    },
  });
}
