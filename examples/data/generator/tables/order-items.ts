import { type AddedDirt, createPut, duplicate, malformed, type Row } from "../dirt.ts";
import type { Product } from "../goods.ts";
import type { Orders } from "../orders.ts";
import type { People } from "../people.ts";
import type { World } from "../world.ts";
import { createTable, type Table } from "./table.ts";
import { dateTime, money } from "./text.ts";

const COLUMNS = [
  "order_id",
  "order_item_id",
  "product_id",
  "seller_id",
  "shipping_limit_date",
  "price",
  "freight_value",
] as const;
const put = createPut(COLUMNS);

const ADDED: readonly AddedDirt[] = [
  duplicate(0.002),
  ...malformed(0.00005),
  {
    kind: "duplicate-in-other-words",
    outcome: "merged",
    what: "the row is repeated with spaces and an additional zero in its price",
    share: 0.0005,
    again: put({ order_item_id: (number) => ` ${number}`, price: (price) => ` ${price}0 ` }),
  },
  {
    kind: "unquoted-decimal-comma",
    outcome: "rejected",
    what: "12,50 without quotes, which makes an extra field",
    reason: "malformed record",
    share: 0.00005,
    change: (values) => [...values.slice(0, 5), "12", "50", ...values.slice(6)],
  },
  {
    kind: "decimal-comma",
    outcome: "rejected",
    what: "12,50 in quotes",
    reason: "price is not decimal(10,2)",
    share: 0.0001,
    change: put({ price: "12,50" }),
  },
  {
    kind: "not-a-price",
    outcome: "rejected",
    what: "N/A for a price",
    reason: "price is not decimal(10,2)",
    share: 0.0001,
    change: put({ price: "N/A" }),
  },
  {
    kind: "price-too-large",
    outcome: "rejected",
    what: "a price with more digits than its type has",
    reason: "price is not decimal(10,2)",
    share: 0.00005,
    change: put({ price: "123456789.00" }),
  },
  {
    kind: "price-in-powers-of-ten",
    outcome: "rejected",
    what: "a price with an exponent",
    reason: "price is not decimal(10,2)",
    share: 0.00005,
    change: put({ price: "1.2e2" }),
  },
  {
    kind: "missing-price",
    outcome: "rejected",
    what: "no price",
    reason: "price is missing",
    share: 0.0001,
    change: put({ price: null }),
  },
  {
    kind: "not-an-item-number",
    outcome: "rejected",
    what: "an item number that is not an integer",
    reason: "order_item_id is not int",
    share: 0.00005,
    change: put({ order_item_id: "1.0" }),
  },
  {
    kind: "two-mistakes",
    outcome: "rejected",
    what: "no product, and a freight that is not a number",
    reason: "product_id is missing; freight_value is not decimal(10,2)",
    share: 0.00005,
    change: put({ product_id: null, freight_value: "free" }),
  },
  {
    kind: "zero-price",
    outcome: "quarantined",
    what: "a price of zero",
    reason: "priced",
    share: 0.0003,
    change: put({ price: "0.00" }),
  },
  {
    kind: "negative-price",
    outcome: "quarantined",
    what: "a negative price",
    reason: "priced",
    share: 0.0001,
    change: put({ price: (price) => `-${price}` }),
  },
  {
    kind: "free-freight",
    outcome: "kept",
    what: "a freight of zero",
    share: 0.003,
    change: put({ freight_value: "0" }),
  },
  {
    kind: "short-price",
    outcome: "kept",
    what: "a price with one digit after the decimal point",
    share: 0.001,
    change: put({ price: (price) => `${price.slice(0, -2)}5` }),
  },
  {
    kind: "unknown-product",
    outcome: "kept",
    what: "a product that does not exist: its category is unknown",
    share: 0.0003,
    change: put({ product_id: (product) => product.toUpperCase() }),
  },
  {
    kind: "unknown-seller",
    outcome: "kept",
    what: "a seller that does not exist: the seller's state is null",
    share: 0.0003,
    change: put({ seller_id: "f".repeat(32) }),
  },
  {
    kind: "unknown-order",
    outcome: "filtered",
    what: "an order that does not exist: in no gold table",
    share: 0.0001,
    change: put({ order_id: (order) => `${order.slice(0, -4)}-none` }),
  },
];

export function orderItems(world: World, people: People, product: (number: number) => Product, shop: Orders): Table {
  return createTable(world, {
    name: "order_items",
    file: "http/olist_order_items_dataset.csv",
    columns: COLUMNS,
    format: { kind: "csv" },
    kinds: [{ kind: "several-items", outcome: "kept", what: "an item after the order's first" }],
    added: ADDED,
    count: world.counts.orderItems,
    *clean(): Iterable<Row> {
      for (let number = 0; number < world.counts.orders; number++) {
        const items = shop.items(number);
        if (items.length === 0) continue;
        const order = shop.order(number).id;
        for (const [place, item] of items.entries()) {
          const bought = product(item.product);
          const seller = people.seller(bought.seller).id;
          const prices = [money(item.price), money(item.freight)];
          yield {
            values: [order, String(place + 1), bought.id, seller, dateTime(item.sendBy), ...prices],
            key: `${order}/${place + 1}`,
            dirt: place === 0 ? [] : ["several-items"],
          };
        }
      }
    },
  });
}
