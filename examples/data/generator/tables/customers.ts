import { type AddedDirt, createPut, duplicate, malformed, type Row } from "../dirt.ts";
import type { People } from "../people.ts";
import type { World } from "../world.ts";
import { createTable, type Table } from "./table.ts";

const COLUMNS = [
  "customer_id",
  "customer_unique_id",
  "customer_zip_code_prefix",
  "customer_city",
  "customer_state",
] as const;
const put = createPut(COLUMNS);

const ADDED: readonly AddedDirt[] = [
  duplicate(0.002),
  ...malformed(0.00003),
  {
    kind: "missing-state",
    outcome: "rejected",
    what: "no state",
    reason: "customer_state is missing",
    share: 0.0003,
    change: put({ customer_state: null }),
  },
  {
    kind: "missing-zip-and-city",
    outcome: "rejected",
    what: "neither zip code prefix nor city",
    reason: "customer_zip_code_prefix is missing; customer_city is missing",
    share: 0.0001,
    change: put({ customer_zip_code_prefix: null, customer_city: null }),
  },
  {
    kind: "empty-city",
    outcome: "kept",
    what: 'the city is "", which is a text and not missing',
    share: 0.0005,
    change: put({ customer_city: "" }),
  },
  {
    kind: "unknown-state",
    outcome: "kept",
    what: "a state that is not in the list of states: its region is unknown",
    share: 0.0003,
    change: put({ customer_state: "EX" }),
  },
  {
    kind: "upper-case-city",
    outcome: "cleaned",
    what: "the city in upper case",
    share: 0.01,
    change: put({ customer_city: (city) => city.toUpperCase() }),
  },
  {
    kind: "blanks-in-city",
    outcome: "cleaned",
    what: "spaces around the city and two between its words",
    share: 0.008,
    change: put({ customer_city: (city) => `  ${city.replaceAll(" ", "  ")} ` }),
  },
  {
    kind: "comma-in-city",
    outcome: "kept",
    what: "a city with a comma",
    share: 0.0005,
    change: put({ customer_city: "rio de janeiro, rio de janeiro" }),
  },
  {
    kind: "quotes-in-city",
    outcome: "kept",
    what: "a city with double quotes",
    share: 0.0002,
    change: put({ customer_city: 'arraial d"ajuda' }),
  },
];

export function customers(world: World, people: People): Table {
  return createTable(world, {
    name: "customers",
    file: "http/olist_customers_dataset.csv",
    columns: COLUMNS,
    format: { kind: "csv", quoted: true },
    kinds: [
      { kind: "several-accounts", outcome: "kept", what: "a customer_unique_id with several customer ids" },
      { kind: "accents-in-city", outcome: "kept", what: "a city with accents, which other rows omit" },
    ],
    added: ADDED,
    count: world.counts.orders,
    *clean(): Iterable<Row> {
      for (let number = 0; number < world.counts.orders; number++) {
        const { id, personId, zip, again } = people.customer(number);
        const accents = number % 40 === 7 && zip.city.accented !== zip.city.name;
        const city = accents ? zip.city.accented : zip.city.name;
        const dirt = [...(again ? ["several-accounts"] : []), ...(accents ? ["accents-in-city"] : [])];
        yield { values: [id, personId, zip.prefix, city, zip.city.state], key: id, dirt };
      }
    },
  });
}
