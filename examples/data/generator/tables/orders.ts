import { type AddedDirt, createPut, duplicate, malformed, type Row, type Values } from "../dirt.ts";
import type { Order, Orders } from "../orders.ts";
import type { People } from "../people.ts";
import type { World } from "../world.ts";
import { createTable, type Table } from "./table.ts";
import { dateTime } from "./text.ts";

const COLUMNS = [
  "order_id",
  "customer_id",
  "order_status",
  "order_purchase_timestamp",
  "order_approved_at",
  "order_delivered_carrier_date",
  "order_delivered_customer_date",
  "order_estimated_delivery_date",
] as const;
const put = createPut(COLUMNS);

/** The same time in the format of another system. */
const iso = (text: string) => (text === "" ? text : `${text.replace(" ", "T")}Z`);

const ADDED: readonly AddedDirt[] = [
  duplicate(0.002),
  ...malformed(0.00005),
  {
    kind: "duplicate-in-other-words",
    outcome: "merged",
    what: "the row is repeated with its timestamps in another format and spaces around the status",
    share: 0.0005,
    again: put({
      order_status: (status) => ` ${status} `,
      order_purchase_timestamp: iso,
      order_estimated_delivery_date: iso,
    }),
  },
  {
    kind: "unknown-status",
    outcome: "rejected",
    what: "a status that the program does not declare",
    reason: "order_status is not OrderStatus",
    share: 0.0002,
    change: put({ order_status: "teleported" }),
  },
  {
    kind: "status-in-upper-case",
    outcome: "rejected",
    what: "a status that differs from a known one by its case",
    reason: "order_status is not OrderStatus",
    share: 0.0001,
    change: put({ order_status: (status) => status.toUpperCase() }),
  },
  {
    kind: "missing-customer",
    outcome: "rejected",
    what: "no customer",
    reason: "customer_id is missing",
    share: 0.0001,
    change: put({ customer_id: null }),
  },
  {
    kind: "empty-purchase-time",
    outcome: "rejected",
    what: 'the purchase time is "", which is not a timestamp',
    reason: "order_purchase_timestamp is missing",
    share: 0.0001,
    change: put({ order_purchase_timestamp: "" }),
  },
  {
    kind: "no-such-month",
    outcome: "rejected",
    what: "a purchase on the 45th day of the 13th month",
    reason: "order_purchase_timestamp is not timestamp",
    share: 0.0001,
    change: put({ order_purchase_timestamp: "2018-13-45 10:00:00" }),
  },
  {
    kind: "no-such-day",
    outcome: "rejected",
    what: "delivered on the 29th of February of a common year",
    reason: "order_delivered_customer_date is not timestamp",
    share: 0.0001,
    change: put({ order_delivered_customer_date: "2018-02-29 10:00:00" }),
  },
  {
    kind: "not-a-time",
    outcome: "rejected",
    what: "N/A for an optional time",
    reason: "order_approved_at is not timestamp",
    share: 0.0001,
    change: put({ order_approved_at: "N/A" }),
  },
  {
    kind: "two-mistakes",
    outcome: "rejected",
    what: "an unknown status and an estimate in another format",
    reason: "order_status is not OrderStatus; order_estimated_delivery_date is not timestamp",
    share: 0.0001,
    change: put({ order_status: "lost", order_estimated_delivery_date: "31/12/2017" }),
  },
  {
    kind: "unknown-customer-of-order",
    outcome: "filtered",
    what: "a customer that does not exist: the order is kept, its lines are in no gold table",
    share: 0.0001,
    change: put({ customer_id: "0".repeat(32) }),
  },
  {
    kind: "delivered-before-bought",
    outcome: "quarantined",
    what: "delivered long before it was bought",
    reason: "delivered after bought",
    share: 0.0005,
    change: put({ order_delivered_customer_date: "2016-01-02 10:00:00" }),
  },
  {
    kind: "delivered-at-once",
    outcome: "kept",
    what: "delivered before the hour of the purchase, on the day of the purchase",
    share: 0.0002,
    change: (values) => put({ order_delivered_customer_date: `${values[3]?.slice(0, 10)} 00:00:00` })(values),
  },
  {
    kind: "time-with-offset",
    outcome: "cleaned",
    what: "a purchase time in Brazil's own zone: in UTC it is the next day",
    share: 0.0003,
    change: put({ order_purchase_timestamp: (time) => `${time.slice(0, 10)} 22:30:00-03:00` }),
  },
  {
    kind: "fraction-of-a-second",
    outcome: "kept",
    what: "a purchase time with microseconds",
    share: 0.0002,
    change: put({ order_purchase_timestamp: (time) => `${time}.000125` }),
  },
  {
    kind: "blank-time",
    outcome: "cleaned",
    what: "a space for an optional time",
    share: 0.0002,
    change: put({ order_approved_at: " " }),
  },
];

export function orders(world: World, people: People, shop: Orders): Table {
  return createTable(world, {
    name: "orders",
    file: "http/olist_orders_dataset.csv",
    columns: COLUMNS,
    format: { kind: "csv", quoted: true },
    kinds: [
      { kind: "late", outcome: "kept", what: "delivered after the promised day" },
      {
        kind: "not-delivered",
        outcome: "kept",
        what: "no delivery date, because the order is in transit or will never be delivered",
      },
      { kind: "not-approved", outcome: "kept", what: "no approval date" },
      { kind: "canceled", outcome: "filtered", what: "canceled: no revenue" },
      { kind: "unavailable", outcome: "filtered", what: "out of stock: no revenue" },
      {
        kind: "without-items",
        outcome: "filtered",
        what: "an order without items: only in the gold table of deliveries",
      },
    ],
    added: ADDED,
    count: world.counts.orders,
    *clean(): Iterable<Row> {
      for (let number = 0; number < world.counts.orders; number++) {
        const order = shop.order(number);
        const dirt = traits(order, shop.items(number).length);
        yield { values: texts(order, people.customer(order.customer).id), key: order.id, dirt };
      }
    },
  });
}

function texts(order: Order, customer: string): Values {
  const { id, status, purchased, approved, shipped, delivered, promised } = order;
  return [id, customer, status, ...[purchased, approved, shipped, delivered, promised].map(dateTime)];
}

function traits(order: Order, items: number): readonly string[] {
  const found: string[] = [];
  if (order.late) found.push("late");
  if (order.delivered === null) found.push("not-delivered");
  if (order.approved === null) found.push("not-approved");
  if (order.status === "canceled" || order.status === "unavailable") found.push(order.status);
  if (items === 0) found.push("without-items");
  return found;
}
