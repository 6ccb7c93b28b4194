/**
 * Computes the expected results of the program `ecommerce.medal`: plain code, written from the program and the language
 * documentation, without code of the compiler, so that each verifies the other.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Answer, Quarantined } from "./answer.ts";
import * as bronze from "./bronze.ts";
import type { Reader } from "./fields.ts";
import * as gold from "./gold.ts";
import * as silver from "./silver.ts";

/** Maintained manually next to the program, so it is not generated. */
const STATES = join(import.meta.dirname, "../../reference/states.jsonl");

type Values = readonly (string | null)[];

export interface Judge {
  /** Adds a row of a bronze table, with its text in the file. */
  take(table: string, values: Values, text: string): void;
  /** The expected results for the rows so far. */
  answers(): readonly Answer[];
}

export function createJudge(): Judge {
  const customers = createIntake("customers", bronze.customers);
  const orders = createIntake("orders", bronze.orders);
  const orderItems = createIntake("order_items", bronze.orderItems);
  const payments = createIntake("payments", bronze.payments);
  const reviews = createIntake("reviews", bronze.reviews);
  const products = createIntake("products", bronze.products);
  const sellers = createIntake("sellers", bronze.sellers);
  const geolocation = createIntake("geolocation", bronze.geolocation);
  const categoryNames = createIntake("category_names", bronze.categoryNames);
  const states = createIntake("states", bronze.states);
  for (const line of readFileSync(STATES, "utf8").trimEnd().split("\n")) {
    const record: Readonly<Record<string, string>> = JSON.parse(line);
    states.take(
      bronze.states.columns.map((column) => record[column] ?? null),
      line,
    );
  }
  const generated = [customers, orders, orderItems, payments, reviews, products, sellers, geolocation, categoryNames];
  const intakes = new Map(generated.map((intake) => [intake.table, intake]));

  const answers = (): readonly Answer[] => {
    const sCustomers = silver.silverCustomers(customers.rows);
    const sOrders = silver.silverOrders(orders.rows);
    const sItems = silver.silverOrderItems(orderItems.rows);
    const sPayments = silver.silverPayments(payments.rows);
    const sReviews = silver.silverReviews(reviews.rows);
    const sProducts = silver.silverProducts(products.rows, categoryNames.rows);
    const sSellers = silver.silverSellers(sellers.rows);
    const sZipCodes = silver.silverZipCodes(geolocation.rows);
    const lines = gold.goldOrderLines(sItems.rows, sOrders.rows, sCustomers, sProducts, sSellers, states.rows);
    const paid = gold.goldOrderPayments(sPayments.rows);
    const productsAside = [...products.rejected, ...categoryNames.rejected];
    return [
      { name: "silver.customers", key: ["customer_id"], rows: sCustomers, quarantined: customers.rejected },
      {
        name: "silver.orders",
        key: ["order_id"],
        rows: sOrders.rows,
        quarantined: [...orders.rejected, ...sOrders.quarantined],
      },
      {
        name: "silver.order_items",
        key: ["order_id", "order_item_id"],
        rows: sItems.rows,
        quarantined: [...orderItems.rejected, ...sItems.quarantined],
      },
      {
        name: "silver.payments",
        key: ["order_id", "payment_sequential"],
        rows: sPayments.rows,
        quarantined: payments.rejected,
        warned: sPayments.warned,
      },
      {
        name: "silver.reviews",
        key: ["review_id"],
        rows: sReviews.rows,
        quarantined: [...reviews.rejected, ...sReviews.quarantined],
      },
      { name: "silver.products", key: ["product_id"], rows: sProducts, quarantined: productsAside },
      { name: "silver.sellers", key: ["seller_id"], rows: sSellers, quarantined: sellers.rejected },
      { name: "silver.zip_codes", key: ["zip_prefix"], rows: sZipCodes, quarantined: geolocation.rejected },
      { name: "gold.order_lines", key: ["order_id", "order_item_id"], rows: lines, quarantined: states.rejected },
      { name: "gold.order_payments", key: ["order_id"], rows: paid },
      { name: "gold.orders", key: ["order_id"], rows: gold.goldOrders(lines, sOrders.rows, paid) },
      { name: "gold.revenue_by_month", key: ["month", "customer_state"], rows: gold.goldRevenueByMonth(lines) },
      { name: "gold.revenue_by_category", key: ["category"], rows: gold.goldRevenueByCategory(lines) },
      {
        name: "gold.delivery_performance",
        key: ["state"],
        rows: gold.goldDeliveryPerformance(sOrders.rows, sCustomers),
      },
      { name: "gold.customers", key: ["customer_unique_id"], rows: gold.goldCustomers(lines) },
      { name: "gold.top_sellers", key: ["seller_id", "seller_state"], rows: gold.goldTopSellers(lines) },
    ];
  };

  return {
    take(table, values, text) {
      const intake = intakes.get(table);
      if (intake === undefined) throw new Error(`there is no bronze table ${table}`);
      intake.take(values, text);
    },
    answers,
  };
}

interface Intake<Row> {
  readonly table: string;
  readonly rows: readonly Row[];
  readonly rejected: readonly Quarantined[];
  take(values: Values, text: string): void;
}

/** The rows of one bronze table as they are added: read, or rejected with a reason. */
function createIntake<Row>(table: string, reader: Reader<Row>): Intake<Row> {
  const rows: Row[] = [];
  const rejected: Quarantined[] = [];
  return {
    table,
    rows,
    rejected,
    take(values, text) {
      const result = reader.read(values);
      if (result.kind === "row") {
        rows.push(result.row);
        return;
      }
      const whole = values.length === reader.columns.length;
      const record = whole
        ? Object.fromEntries(reader.columns.map((column, place) => [column, values[place] ?? null]))
        : text.replace(/\r?\n$/, "");
      rejected.push({ source: `bronze.${table}`, reason: result.reason, record });
    },
  };
}
