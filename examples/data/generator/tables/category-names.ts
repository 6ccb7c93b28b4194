import type { Row } from "../dirt.ts";
import { CATEGORIES, HALF_TRANSLATED } from "../words.ts";
import type { World } from "../world.ts";
import { createTable, type Table } from "./table.ts";

const COLUMNS = ["product_category_name", "product_category_name_english"] as const;

export function categoryNames(world: World): Table {
  return createTable(world, {
    name: "category_names",
    file: "catalog/product_category_translation.jsonl",
    columns: COLUMNS,
    format: { kind: "json", document: true },
    kinds: [
      {
        kind: "without-english-name",
        outcome: "rejected",
        what: "a document without the English name: the category keeps its Portuguese name",
        reason: "product_category_name_english is missing",
      },
    ],
    added: [],
    count: CATEGORIES.length,
    *clean(): Iterable<Row> {
      for (const [portuguese, english] of CATEGORIES) {
        const half = portuguese === HALF_TRANSLATED;
        const values = [portuguese, half ? null : english];
        yield { values, key: portuguese, dirt: half ? ["without-english-name"] : [] };
      }
    },
  });
}
