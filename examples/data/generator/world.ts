/** The numbers of rows at a scale. Scale 1 has Olist's proportions. */

export interface World {
  readonly seed: number;
  readonly scale: number;
  readonly counts: Counts;
}

export interface Counts {
  /** As many as customers, because each order has its own customer account. */
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
 * The numbers of rows before dirt adds lines. `scale` is a factor of Olist's size. Below 0.1 the geolocations shrink
 * faster than the rest, because a small sample would consist mostly of them.
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
