import { type AddedDirt, createPut, duplicate, malformed, type Row } from "../dirt.ts";
import type { Product } from "../goods.ts";
import { UNTRANSLATED } from "../words.ts";
import type { World } from "../world.ts";
import { createTable, type Table } from "./table.ts";

const COLUMNS = [
  "product_id",
  "product_category_name",
  "product_name_lenght",
  "product_description_lenght",
  "product_photos_qty",
  "product_weight_g",
  "product_length_cm",
  "product_height_cm",
  "product_width_cm",
] as const;
const put = createPut(COLUMNS);

const ADDED: readonly AddedDirt[] = [
  duplicate(0.003),
  ...malformed(0.0001),
  {
    kind: "without-measures",
    outcome: "kept",
    what: "only an id",
    share: 0.005,
    change: ([id = null]) => [id, ...COLUMNS.slice(1).map(() => null)],
  },
  {
    kind: "without-width",
    outcome: "kept",
    what: "one of three measures is missing: no volume",
    share: 0.002,
    change: put({ product_width_cm: null }),
  },
  {
    kind: "empty-category",
    outcome: "kept",
    what: 'the category is "", which is a text and not missing',
    share: 0.0005,
    change: put({ product_category_name: "" }),
  },
  {
    kind: "missing-id",
    outcome: "rejected",
    what: "no id",
    reason: "product_id is missing",
    share: 0.0001,
    change: put({ product_id: null }),
  },
  {
    kind: "measure-in-words",
    outcome: "rejected",
    what: "a weight with its unit",
    reason: "product_weight_g is not int",
    share: 0.0001,
    change: put({ product_weight_g: "500g" }),
  },
  {
    kind: "measure-with-fraction",
    outcome: "rejected",
    what: "a height that is not an integer",
    reason: "product_height_cm is not int",
    share: 0.0001,
    change: put({ product_height_cm: "12.5" }),
  },
  {
    kind: "number-too-large",
    outcome: "rejected",
    what: "a number of photos beyond 32 bits",
    reason: "product_photos_qty is not int",
    share: 0.0001,
    change: put({ product_photos_qty: "99999999999" }),
  },
];

export function products(world: World, product: (number: number) => Product): Table {
  return createTable(world, {
    name: "products",
    file: "http/olist_products_dataset.csv",
    columns: COLUMNS,
    format: { kind: "csv", byteOrderMark: true },
    kinds: [
      { kind: "without-category", outcome: "kept", what: "no category" },
      { kind: "untranslated-category", outcome: "kept", what: "a category that is not in the translation" },
    ],
    added: ADDED,
    count: world.counts.products,
    *clean(): Iterable<Row> {
      for (let number = 0; number < world.counts.products; number++) {
        const { id, category, nameLength, descriptionLength, photos, grams, centimetres } = product(number);
        const numbers = [nameLength, descriptionLength, photos, grams, ...centimetres];
        yield { values: [id, category, ...numbers.map(String)], key: id, dirt: traits(category) };
      }
    },
  });
}

function traits(category: string | null): readonly string[] {
  if (category === null) return ["without-category"];
  return UNTRANSLATED.includes(category) ? ["untranslated-category"] : [];
}
