/** How much of everything there is at a scale. Scale 1 has Olist's shape. */

export interface World {
  readonly seed: number;
  readonly scale: number;
  readonly counts: Counts;
}

export interface Counts {
  /** As many as customers: each order has a customer account of its own. */
  readonly orders: number;
  readonly orderItems: number;
  readonly payments: number;
  readonly reviews: number;
  readonly products: number;
  readonly sellers: number;
  readonly geolocations: number;
  readonly zipCodes: number;
}

/**
 * Rows before the dirt that adds lines. `scale` is a factor of Olist's size. Below a tenth of it the geolocations
 * shrink faster than the rest, or a small sample would be little else.
 */
export function createWorld(scale: number, seed: number): World {
  const size = (full: number, least: number) => Math.max(least, Math.round(full * scale));
  const places = scale * Math.min(1, 10 * scale);
  const orders = size(99_441, 100);
  const counts = {
    orders,
    orderItems: size(112_650, orders + 12),
    payments: size(103_886, orders + 10),
    reviews: size(99_224, orders - Math.floor(orders / 200)),
    products: size(32_951, 40),
    sellers: size(3_095, 15),
    geolocations: Math.max(150, Math.round(1_000_163 * places)),
    zipCodes: Math.min(19_015, size(19_015, 100)),
  };
  return { seed, scale, counts };
}
