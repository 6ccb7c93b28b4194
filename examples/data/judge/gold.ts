/** The gold tables, computed from the silver ones. */
import { averageText, compareText, median } from "./arithmetic.ts";
import type * as bronze from "./bronze.ts";
import type { RowOf } from "./bronze.ts";
import type { Customer, Order, OrderItem, Payment, Product, Seller } from "./silver.ts";

export type OrderLine = ReturnType<typeof goldOrderLines>[number];
export type OrderPayment = ReturnType<typeof goldOrderPayments>[number];

export function goldOrderLines(
  items: readonly OrderItem[],
  orders: readonly Order[],
  customers: readonly Customer[],
  products: readonly Product[],
  sellers: readonly Seller[],
  states: readonly RowOf<typeof bronze.states>[],
) {
  const order = new Map(orders.map((row) => [row.order_id, row]));
  const customer = new Map(customers.map((row) => [row.customer_id, row]));
  const product = new Map(products.map((row) => [row.product_id, row]));
  const seller = new Map(sellers.map((row) => [row.seller_id, row]));
  const region = new Map(states.map((row) => [row.state, row.region]));
  return items.flatMap((item) => {
    const o = order.get(item.order_id);
    const c = o && customer.get(o.customer_id);
    if (o === undefined || c === undefined) return [];
    return [
      {
        order_id: item.order_id,
        order_item_id: item.order_item_id,
        status: o.status,
        purchased_on: o.purchased_on,
        delivery_days: o.delivery_days,
        is_late: o.is_late,
        customer_unique_id: c.customer_unique_id,
        customer_city: c.city,
        customer_state: c.state,
        region: region.get(c.state) ?? "unknown",
        product_id: item.product_id,
        category: product.get(item.product_id)?.category ?? "unknown",
        seller_id: item.seller_id,
        seller_state: seller.get(item.seller_id)?.state ?? null,
        price: item.price,
        freight_value: item.freight_value,
        total: item.price + item.freight_value,
      },
    ];
  });
}

export function goldOrderPayments(payments: readonly Payment[]) {
  return groups(payments, (row) => row.order_id).map(([first, rows]) => {
    const byCard = rows.filter((row) => row.payment_type === "credit_card");
    return {
      order_id: first.order_id,
      paid: sum(rows, (row) => row.payment_value),
      parts: rows.length,
      max_installments: greatest(rows.map((row) => row.payment_installments)),
      paid_by_card: byCard.length === 0 ? null : sum(byCard, (row) => row.payment_value),
    };
  });
}

export function goldOrders(lines: readonly OrderLine[], orders: readonly Order[], payments: readonly OrderPayment[]) {
  const order = new Map(orders.map((row) => [row.order_id, row]));
  const payment = new Map(payments.map((row) => [row.order_id, row]));
  return groups(lines, (line) => line.order_id).flatMap(([{ order_id }, rows]) => {
    const o = order.get(order_id);
    if (o === undefined) return [];
    const sold = sum(rows, (row) => row.price);
    const freight = sum(rows, (row) => row.freight_value);
    const paid = payment.get(order_id)?.paid ?? 0n;
    return [
      {
        order_id,
        customer_id: o.customer_id,
        status: o.status,
        purchased_on: o.purchased_on,
        delivery_days: o.delivery_days,
        is_late: o.is_late,
        items: rows.length,
        sold,
        freight,
        paid,
        difference: paid - sold - freight,
      },
    ];
  });
}

export function goldRevenueByMonth(lines: readonly OrderLine[]) {
  const month = (line: OrderLine) => `${line.purchased_on.slice(0, 7)}-01`;
  return groups(lines.filter(earns), (line) => month(line) + line.customer_state).map(([first, rows]) => ({
    month: month(first),
    customer_state: first.customer_state,
    revenue: sum(rows, (row) => row.price),
    freight: sum(rows, (row) => row.freight_value),
    orders: countDistinct(rows, (row) => row.order_id),
    items: rows.length,
  }));
}

export function goldRevenueByCategory(lines: readonly OrderLine[]) {
  return groups(lines.filter(earns), (line) => line.category).map(([{ category }, rows]) => {
    const revenue = sum(rows, (row) => row.price);
    return {
      category,
      revenue,
      average_price: averageText(revenue, rows.length, 2),
      orders: countDistinct(rows, (row) => row.order_id),
      items: rows.length,
    };
  });
}

export function goldDeliveryPerformance(orders: readonly Order[], customers: readonly Customer[]) {
  const state = new Map(customers.map((row) => [row.customer_id, row.state]));
  const delivered = orders.flatMap((row) => {
    const found = state.get(row.customer_id);
    const { delivery_days: days, is_late: late } = row;
    return found === undefined || days === null ? [] : [{ state: found, days, late: late === true }];
  });
  return groups(delivered, (row) => row.state).map(([first, rows]) => {
    const late = rows.filter((row) => row.late).length;
    const days = rows.map((row) => row.days);
    return {
      state: first.state,
      delivered: rows.length,
      late,
      late_share: late / rows.length,
      average_days: days.reduce((total, taken) => total + taken, 0) / rows.length,
      slowest_days: greatest(days),
      median_days: median(days),
    };
  });
}

export function goldCustomers(lines: readonly OrderLine[]) {
  return groups(lines, (line) => line.customer_unique_id).map(([{ customer_unique_id }, rows]) => {
    const orders = countDistinct(rows, (row) => row.order_id);
    const spent = sum(rows, (row) => row.total);
    // Dates in the format yyyy-mm-dd sort like their texts.
    const bought = rows.map((row) => row.purchased_on).sort();
    return {
      customer_unique_id,
      orders,
      items: rows.length,
      spent,
      first_bought: bought[0] ?? null,
      last_bought: bought.at(-1) ?? null,
      cities: countDistinct(rows, (row) => row.customer_city),
      segment: spent >= 1000_00n ? "gold" : spent >= 200_00n ? "silver" : "bronze",
      is_returning: orders > 1,
    };
  });
}

export function goldTopSellers(lines: readonly OrderLine[]) {
  return groups(lines, (line) => JSON.stringify([line.seller_id, line.seller_state]))
    .map(([{ seller_id, seller_state }, rows]) => ({
      seller_id,
      seller_state,
      revenue: sum(rows, (row) => row.price),
      orders: countDistinct(rows, (row) => row.order_id),
      items: rows.length,
    }))
    .sort((a, b) => Number(b.revenue - a.revenue) || compareText(a.seller_id, b.seller_id))
    .slice(0, 10);
}

/** Neither canceled nor unavailable. */
function earns(line: OrderLine): boolean {
  return line.status !== "canceled" && line.status !== "unavailable";
}

/** Groups rows by key; each group starts with its first row. */
function groups<Row>(
  rows: readonly Row[],
  key: (row: Row) => string,
): readonly (readonly [first: Row, rows: readonly Row[]])[] {
  const found = new Map<string, [Row, Row[]]>();
  for (const row of rows) {
    const group = found.get(key(row));
    if (group === undefined) found.set(key(row), [row, [row]]);
    else group[1].push(row);
  }
  return [...found.values()];
}

function sum<Row>(rows: readonly Row[], value: (row: Row) => bigint): bigint {
  return rows.reduce((total, row) => total + value(row), 0n);
}

function countDistinct<Row>(rows: readonly Row[], value: (row: Row) => string): number {
  return new Set(rows.map(value)).size;
}

function greatest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
}
