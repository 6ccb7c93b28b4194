/** The silver tables, computed from the valid bronze rows. */
import type { Quarantined } from "./answer.ts";
import { dateText, dayOf, div, elapsedSeconds, leastText, median, timestampText } from "./arithmetic.ts";
import type * as bronze from "./bronze.ts";
import type { RowOf } from "./bronze.ts";

export type Customer = ReturnType<typeof silverCustomers>[number];
export type Order = ReturnType<typeof silverOrders>["rows"][number];
export type OrderItem = ReturnType<typeof silverOrderItems>["rows"][number];
export type Payment = RowOf<typeof bronze.payments>;
export type Product = ReturnType<typeof silverProducts>[number];
export type Seller = ReturnType<typeof silverSellers>[number];

export function silverCustomers(rows: readonly RowOf<typeof bronze.customers>[]) {
  return distinct(rows).map((row) => ({
    customer_id: row.customer_id,
    customer_unique_id: row.customer_unique_id,
    zip_prefix: row.customer_zip_code_prefix,
    city: tidy(row.customer_city),
    state: row.customer_state,
  }));
}

export function silverOrders(orders: readonly RowOf<typeof bronze.orders>[]) {
  const quarantined: Quarantined[] = [];
  const rows = distinct(orders).flatMap((row) => {
    const purchased = dayOf(row.order_purchase_timestamp);
    const promised = dayOf(row.order_estimated_delivery_date);
    const delivered = nullOr(row.order_delivered_customer_date, dayOf);
    const deliveryDays = nullOr(delivered, (day) => day - purchased);
    const promisedDays = promised - purchased;
    const days = {
      purchased_on: dateText(purchased),
      approved_on: nullOr(row.order_approved_at, dateOf),
      shipped_on: nullOr(row.order_delivered_carrier_date, dateOf),
      delivered_on: nullOr(delivered, dateText),
      promised_on: dateText(promised),
      delivery_days: deliveryDays,
      promised_days: promisedDays,
      is_late: nullOr(deliveryDays, (taken) => taken > promisedDays),
    };
    const { order_id, customer_id, order_status: status } = row;
    const purchased_at = timestampText(row.order_purchase_timestamp);
    if (delivered === null || delivered >= purchased) return [{ order_id, customer_id, status, purchased_at, ...days }];
    const record = {
      order_id,
      customer_id,
      order_status: status,
      order_purchase_timestamp: purchased_at,
      order_approved_at: nullOr(row.order_approved_at, timestampText),
      order_delivered_carrier_date: nullOr(row.order_delivered_carrier_date, timestampText),
      order_delivered_customer_date: nullOr(row.order_delivered_customer_date, timestampText),
      order_estimated_delivery_date: timestampText(row.order_estimated_delivery_date),
      ...days,
    };
    quarantined.push({ source: "silver.orders", reason: "delivered after bought", record });
    return [];
  });
  return { rows, quarantined };
}

export function silverOrderItems(items: readonly RowOf<typeof bronze.orderItems>[]) {
  const quarantined: Quarantined[] = [];
  const rows = distinct(items).flatMap((row) => {
    const { order_id, order_item_id, product_id, seller_id, price, freight_value } = row;
    const time = timestampText(row.shipping_limit_date);
    const ids = { order_id, order_item_id, product_id, seller_id };
    if (price > 0n) return [{ ...ids, shipping_limit_at: time, price, freight_value }];
    const record = { ...ids, shipping_limit_date: time, price, freight_value };
    quarantined.push({ source: "silver.order_items", reason: "priced", record });
    return [];
  });
  return { rows, quarantined };
}

export function silverPayments(payments: readonly Payment[]) {
  const rows = payments.filter((row) => row.payment_type !== "not_defined");
  return { rows, warned: { "paid something": rows.filter((row) => row.payment_value < 0n).length } };
}

export function silverReviews(reviews: readonly RowOf<typeof bronze.reviews>[]) {
  const quarantined: Quarantined[] = [];
  const rows = latestReviews(reviews).flatMap((row) => {
    const { review_id, order_id, review_score, review_comment_title, review_comment_message } = row;
    const { review_creation_date: created, review_answer_timestamp: answered } = row;
    if (review_score >= 1 && review_score <= 5) {
      const title = nullOr(review_comment_title, blankToNull);
      const message = nullOr(review_comment_message, blankToNull);
      const answer_hours = div(elapsedSeconds(created, answered), 3600);
      return [{ review_id, order_id, score: review_score, title, message, created_on: dateOf(created), answer_hours }];
    }
    const record = {
      review_id,
      order_id,
      review_score,
      review_comment_title,
      review_comment_message,
      review_creation_date: timestampText(created),
      review_answer_timestamp: timestampText(answered),
    };
    quarantined.push({ source: "silver.reviews", reason: "score from 1 to 5", record });
    return [];
  });
  return { rows, quarantined };
}

/** The latest of the reviews with the same ID; the data must have no ties. */
function latestReviews(reviews: readonly RowOf<typeof bronze.reviews>[]) {
  const latest = new Map<string, RowOf<typeof bronze.reviews>>();
  for (const row of distinct(reviews)) {
    const known = latest.get(row.review_id);
    if (known?.review_answer_timestamp === row.review_answer_timestamp) {
      throw new Error(`two reviews ${row.review_id} were answered at the same time`);
    }
    if (known === undefined || known.review_answer_timestamp < row.review_answer_timestamp)
      latest.set(row.review_id, row);
  }
  return [...latest.values()];
}

export function silverProducts(
  products: readonly RowOf<typeof bronze.products>[],
  names: readonly RowOf<typeof bronze.categoryNames>[],
) {
  const english = new Map(names.map((row) => [row.product_category_name, row.product_category_name_english]));
  return distinct(products).map((row) => {
    const portuguese = row.product_category_name;
    const { product_length_cm: length, product_height_cm: height, product_width_cm: width } = row;
    return {
      product_id: row.product_id,
      category: (portuguese === null ? undefined : english.get(portuguese)) ?? portuguese ?? "unknown",
      photos: row.product_photos_qty ?? 0,
      weight_g: row.product_weight_g,
      volume_cm3: length === null || height === null || width === null ? null : length * height * width,
    };
  });
}

export function silverSellers(sellers: readonly RowOf<typeof bronze.sellers>[]) {
  return distinct(sellers).map((row) => ({
    seller_id: row.seller_id,
    zip_prefix: row.seller_zip_code_prefix,
    city: tidy(row.seller_city),
    state: row.seller_state,
  }));
}

export function silverZipCodes(points: readonly RowOf<typeof bronze.geolocation>[]) {
  const groups = new Map<string, { latitudes: number[]; longitudes: number[]; states: string[] }>();
  for (const row of distinct(points)) {
    const { geolocation_lat: latitude, geolocation_lng: longitude, geolocation_zip_code_prefix: prefix } = row;
    if (latitude < -34 || latitude > 6 || longitude < -74 || longitude > -34) continue;
    const group = groups.get(prefix) ?? { latitudes: [], longitudes: [], states: [] };
    groups.set(prefix, group);
    group.latitudes.push(latitude);
    group.longitudes.push(longitude);
    group.states.push(row.geolocation_state);
  }
  return Array.from(groups, ([zip_prefix, { latitudes, longitudes, states }]) => ({
    zip_prefix,
    latitude: median(latitudes),
    longitude: median(longitudes),
    state: leastText(states),
    points: states.length,
  }));
}

/** Removes rows that are equal in all values. */
export function distinct<Row extends object>(rows: readonly Row[]): readonly Row[] {
  const seen = new Set<string>();
  return rows.filter((row) => {
    const values: readonly unknown[] = Object.values(row);
    const identity = JSON.stringify(values.map((value) => (typeof value === "bigint" ? String(value) : value)));
    return !seen.has(identity) && seen.add(identity);
  });
}

/** Lower case; runs of ASCII whitespace become one space, without leading and trailing whitespace. */
export function tidy(text: string): string {
  return text
    .replace(/[\t-\r ]+/g, " ")
    .replace(/^ | $/g, "")
    .toLowerCase();
}

/** The text without surrounding spaces; null if nothing remains. */
export function blankToNull(text: string): string | null {
  const trimmed = text.replace(/^ +| +$/g, "");
  return trimmed === "" ? null : trimmed;
}

function dateOf(micros: number): string {
  return dateText(dayOf(micros));
}

function nullOr<In, Out>(value: In | null, map: (value: In) => Out): Out | null {
  return value === null ? null : map(value);
}
