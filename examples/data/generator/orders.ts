/** Orders: times, items, payments and reviews. */
import type { Product } from "./goods.ts";
import { createClasses, createRandom, createShuffle, hashOf, id, type Random, some } from "./random.ts";
import { MESSAGES, TITLES } from "./words.ts";
import type { World } from "./world.ts";

/** Seconds since 1970, UTC. */
export type Seconds = number;

export interface Order {
  readonly id: string;
  /** The number of the customer. */
  readonly customer: number;
  readonly status: string;
  readonly purchased: Seconds;
  readonly approved: Seconds | null;
  readonly shipped: Seconds | null;
  readonly delivered: Seconds | null;
  /** At midnight. */
  readonly promised: Seconds;
  readonly late: boolean;
}

export interface Item {
  readonly product: number;
  readonly sendBy: Seconds;
  /** In cents. */
  readonly price: number;
  readonly freight: number;
}

export interface Payment {
  readonly type: string;
  readonly installments: number;
  /** In cents. */
  readonly value: number;
}

export interface Review {
  readonly id: string;
  /** Whether the ID is also that of a review of another order. */
  readonly repeated: boolean;
  readonly score: number;
  readonly title: string | null;
  readonly message: string | null;
  readonly created: Seconds;
  readonly answered: Seconds;
}

export interface Orders {
  order(number: number): Order;
  items(number: number): readonly Item[];
  payments(number: number): readonly Payment[];
  reviews(number: number): readonly Review[];
}

const ORDERS = hashOf("orders");
const ITEMS = hashOf("order items");
const PAYMENTS = hashOf("payments");
const REVIEWS = hashOf("reviews");

const DAY = 86_400;
const HOUR = 3_600;
const OPENING = Date.UTC(2016, 8, 4) / 1000;
const DAYS_OPEN = 726;

export function createOrders({ seed, counts }: World, product: (number: number) => Product): Orders {
  const all = counts.orders;
  const customerOf = createShuffle(seed, "customer of the order", all);
  const itemless = some(all, 0.0078);
  const itemsOf = createPieces(seed, "items of the order", all, counts.orderItems, itemless, [
    [5, some(all, 0.002)],
    [3, some(all, 0.013)],
  ]);
  const paymentsOf = createPieces(seed, "payments of the order", all, counts.payments, some(all, 0.00001), [
    [6, some(all, 0.001)],
    [3, some(all, 0.005)],
  ]);
  const reviewsOf = createPieces(seed, "reviews of the order", all, counts.reviews, some(all, 0.0077), []);
  const repeats = createClasses(seed, "repeated review ids", all, [["repeated", some(all, 0.006) + 2]]);
  const lates = createClasses(seed, "late orders", all, [["late", some(all, 0.08)]]);
  const statuses = createClasses(seed, "status", all, [
    ["canceled", some(all, 0.006)],
    ["shipped", some(all, 0.011)],
    ["invoiced", some(all, 0.003)],
    ["processing", some(all, 0.003)],
    ["unavailable", some(all, 0.001)],
    ["approved", some(all, 0.00002)],
    ["created", some(all, 0.00005)],
  ]);

  const order = (number: number): Order => {
    const random = createRandom(seed, ORDERS, number);
    const status = itemsOf(number) === 0 ? "unavailable" : (statuses(number) ?? "delivered");
    const day = Math.floor((1 - random.skewed()) * DAYS_OPEN);
    const purchased = OPENING + day * DAY + random.below(DAY);
    const approved = purchased + random.between(600, 30 * HOUR);
    const shipped = approved + random.between(HOUR, 4 * DAY);
    const delivered = shipped + random.between(2 * DAY, 3 * DAY + Math.floor(random.skewed() * 40 * DAY));
    const late = status === "delivered" && lates(number) === "late";
    const grace = late ? -Math.min(random.between(1, 10), days(delivered) - days(purchased) - 1) : random.below(26);
    return {
      id: id(seed, ORDERS, number),
      customer: customerOf(number),
      status,
      purchased,
      approved: status === "created" || (status === "canceled" && random.chance(0.2)) ? null : approved,
      shipped: status === "delivered" || status === "shipped" ? shipped : null,
      delivered: status === "delivered" ? delivered : null,
      promised: (days(delivered) + grace) * DAY,
      late,
    };
  };

  const items = (number: number): readonly Item[] => {
    const random = createRandom(seed, ITEMS, number);
    const { purchased } = order(number);
    const first = Math.floor(random.skewed() * counts.products);
    return Array.from({ length: itemsOf(number) }, (_, place) => {
      const chosen = place === 0 || random.chance(0.6) ? first : random.below(counts.products);
      const { price, freight } = product(chosen);
      const rebate = random.chance(0.1) ? random.below(400) : 0;
      return { product: chosen, sendBy: purchased + random.between(2 * DAY, 9 * DAY), price: price - rebate, freight };
    });
  };

  const payments = (number: number): readonly Payment[] => {
    const random = createRandom(seed, PAYMENTS, number);
    const parts = paymentsOf(number);
    let open =
      items(number).reduce((sum, { price, freight }) => sum + price + freight, 0) || random.between(1000, 9000);
    if (random.chance(0.01)) open += random.between(-300, 300);
    return Array.from({ length: parts }, (_, part) => {
      const type = part === 0 || random.chance(0.3) ? usualPayment(random) : "voucher";
      const value = part === parts - 1 ? open : Math.floor(open * 0.6);
      open -= value;
      return { type, installments: type === "credit_card" ? random.between(1, 10) : 1, value };
    });
  };

  const reviews = (number: number): readonly Review[] => {
    const random = createRandom(seed, REVIEWS, number);
    const { delivered, promised, late } = order(number);
    return Array.from({ length: reviewsOf(number) }, (_, place) => {
      const repeated = place === 0 && repeats(number) === "repeated";
      const created = (days(delivered ?? promised) + 1 + place * 3) * DAY;
      // Odd seconds for repeated ones, so that one of two reviews with the same ID is always later.
      const answered = created + 2 * random.between(HOUR, 4 * DAY) + (repeated ? 1 : 0);
      return {
        id: id(seed, REVIEWS, (repeated ? (number + 17) % all : number) * 2 + place),
        repeated,
        score: late && random.chance(0.6) ? random.between(1, 3) : random.chance(0.75) ? 5 : random.between(1, 4),
        title: random.chance(0.12) ? random.pick(TITLES) : null,
        message: random.chance(0.42) ? random.pick(MESSAGES) : null,
        created,
        answered,
      };
    });
  };

  return { order, items, payments, reviews };
}

function days(time: Seconds): number {
  return Math.floor(time / DAY);
}

function usualPayment(random: Random): string {
  const share = random.share();
  return share < 0.75 ? "credit_card" : share < 0.94 ? "boleto" : share < 0.96 ? "debit_card" : "voucher";
}

/**
 * The number of pieces of each order: most have one, `none` orders have none, some have the number in `special`, and
 * enough have two to reach `total`.
 */
function createPieces(
  seed: number,
  purpose: string,
  orders: number,
  total: number,
  none: number,
  special: readonly (readonly [pieces: number, orders: number])[],
): (order: number) => number {
  const further = special.reduce((sum, [pieces, count]) => sum + (pieces - 1) * count, 0);
  const pairs = total - (orders - none) - further;
  const pieces = createClasses<number>(seed, purpose, orders, [[0, none], ...special, [2, pairs]]);
  return (order) => pieces(order) ?? 1;
}
