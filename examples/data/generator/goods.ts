/** Products: category, price, measures, and sellers. */
import { createClasses, createRandom, hashOf, id, some } from "./random.ts";
import { CATEGORIES, UNTRANSLATED } from "./words.ts";
import type { World } from "./world.ts";

export interface Product {
  readonly id: string;
  /** Portuguese; null if not specified. */
  readonly category: string | null;
  readonly nameLength: number;
  readonly descriptionLength: number;
  readonly photos: number;
  readonly grams: number;
  readonly centimetres: readonly [length: number, height: number, width: number];
  /** In cents. */
  readonly price: number;
  readonly freight: number;
  readonly seller: number;
}

const PRODUCTS = hashOf("products");

export function createGoods({ seed, counts }: World): (number: number) => Product {
  const exceptions = createClasses<string | null>(seed, "categories", counts.products, [
    [null, some(counts.products, 0.018)],
    ...UNTRANSLATED.map((name) => [name, some(counts.products, 0.0004)] as const),
  ]);
  return (number) => {
    const random = createRandom(seed, PRODUCTS, number);
    const usual = CATEGORIES[Math.floor(random.skewed() * CATEGORIES.length)]?.[0] ?? null;
    const exception = exceptions(number);
    const category = exception === undefined ? usual : exception;
    const costly = random.skewed() * random.skewed();
    const grams = 50 + Math.floor(costly * 20_000) + random.below(900);
    return {
      id: id(seed, PRODUCTS, number),
      category,
      nameLength: random.between(5, 64),
      descriptionLength: random.between(30, 3900),
      photos: random.between(1, 8),
      grams,
      centimetres: [random.between(7, 105), random.between(2, 105), random.between(6, 118)],
      price: 490 + random.below(9000) + Math.floor(costly * 150_000),
      freight: 700 + Math.floor(grams / 10) + random.below(1200),
      seller: Math.floor(random.skewed() * counts.sellers),
    };
  };
}
