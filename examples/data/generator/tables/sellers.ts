import { type AddedDirt, createPut, duplicate, malformed, type Row } from "../dirt.ts";
import type { People } from "../people.ts";
import type { World } from "../world.ts";
import { createTable, type Table } from "./table.ts";

const COLUMNS = ["seller_id", "seller_zip_code_prefix", "seller_city", "seller_state"] as const;
const put = createPut(COLUMNS);

const ADDED: readonly AddedDirt[] = [
  duplicate(0.004),
  ...malformed(0.0005),
  {
    kind: "missing-state",
    outcome: "rejected",
    what: "no state: the seller's lines are kept, with a null",
    reason: "seller_state is missing",
    share: 0.0005,
    change: put({ seller_state: null }),
  },
  {
    kind: "city-with-state",
    outcome: "kept",
    what: "a city with a comma, its state and a slash",
    share: 0.005,
    change: put({ seller_city: (city) => `${city}, sp / brasil` }),
  },
  {
    kind: "untidy-city",
    outcome: "cleaned",
    what: "the city in mixed case, with spaces and a tab",
    share: 0.01,
    change: put({ seller_city: (city) => ` ${city.slice(0, 1).toUpperCase()}${city.slice(1)}\t` }),
  },
];

export function sellers(world: World, people: People): Table {
  return createTable(world, {
    name: "sellers",
    file: "http/olist_sellers_dataset.csv",
    columns: COLUMNS,
    format: { kind: "csv", crlf: true },
    kinds: [],
    added: ADDED,
    count: world.counts.sellers,
    *clean(): Iterable<Row> {
      for (let number = 0; number < world.counts.sellers; number++) {
        const { id, zip } = people.seller(number);
        yield { values: [id, zip.prefix, zip.city.name, zip.city.state], key: id, dirt: [] };
      }
    },
  });
}
