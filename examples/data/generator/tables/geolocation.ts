import { type AddedDirt, createPut, malformed, type Row } from "../dirt.ts";
import type { People } from "../people.ts";
import { createClasses, createRandom, hashOf, some } from "../random.ts";
import type { World } from "../world.ts";
import { createTable, type Table } from "./table.ts";

const COLUMNS = [
  "geolocation_zip_code_prefix",
  "geolocation_lat",
  "geolocation_lng",
  "geolocation_city",
  "geolocation_state",
] as const;
const put = createPut(COLUMNS);
const POINTS = hashOf("geolocation");

const ADDED: readonly AddedDirt[] = [
  ...malformed(0.00001),
  {
    kind: "outside-brazil",
    outcome: "filtered",
    what: "a point in Portugal",
    share: 0.00003,
    change: put({ geolocation_lat: "38.7223", geolocation_lng: "-9.1393" }),
  },
  {
    kind: "on-the-edge",
    outcome: "kept",
    what: "a point on the corner of the accepted area",
    share: 0.00001,
    change: put({ geolocation_lat: "-34", geolocation_lng: "-74.0" }),
  },
  {
    kind: "just-outside",
    outcome: "filtered",
    what: "a point just north of the accepted area",
    share: 0.00001,
    change: put({ geolocation_lat: "6.000001" }),
  },
  {
    kind: "decimal-comma",
    outcome: "rejected",
    what: "a latitude with a comma",
    reason: "geolocation_lat is not double",
    share: 0.00001,
    change: put({ geolocation_lat: (latitude) => latitude.replace(".", ",") }),
  },
  {
    kind: "no-numbers",
    outcome: "rejected",
    what: "NaN and degrees for coordinates",
    reason: "geolocation_lat is not double; geolocation_lng is not double",
    share: 0.00001,
    change: put({ geolocation_lat: "NaN", geolocation_lng: "46°38'W" }),
  },
  {
    kind: "missing-point",
    outcome: "rejected",
    what: "no coordinates",
    reason: "geolocation_lat is missing; geolocation_lng is missing",
    share: 0.00001,
    change: put({ geolocation_lat: null, geolocation_lng: null }),
  },
  {
    kind: "powers-of-ten",
    outcome: "kept",
    what: "coordinates with exponents",
    share: 0.00002,
    change: put({ geolocation_lat: "-2.354e1", geolocation_lng: "-4663E-2" }),
  },
];

export function geolocation(world: World, people: People): Table {
  const { seed, counts } = world;
  const twins = createClasses(seed, "known points", counts.geolocations, [["twin", some(counts.geolocations, 0.26)]]);
  const isTwin = (number: number) => number > 0 && twins(number) === "twin";
  const point = (number: number): Row => {
    const random = createRandom(seed, POINTS, number);
    const { prefix, city } = people.zip(random.below(counts.zipCodes));
    const near = (degrees: number) => String(degrees + random.between(-60_000_000, 60_000_000) / 1e9);
    const accents = random.chance(0.1);
    const values = [prefix, near(city.latitude), near(city.longitude), accents ? city.accented : city.name, city.state];
    return { values, key: prefix, dirt: accents && city.accented !== city.name ? ["accents-in-city"] : [] };
  };
  return createTable(world, {
    name: "geolocation",
    file: "http/olist_geolocation_dataset.csv",
    columns: COLUMNS,
    format: { kind: "csv" },
    kinds: [
      { kind: "duplicate", outcome: "merged", what: "a point that occurred before" },
      { kind: "accents-in-city", outcome: "kept", what: "a city with accents, which other rows omit" },
    ],
    added: ADDED,
    count: counts.geolocations,
    *clean(): Iterable<Row> {
      for (let number = 0; number < counts.geolocations; number++) {
        let original = number;
        while (isTwin(original)) original >>= 1;
        yield original === number ? point(number) : { ...point(original), dirt: ["duplicate"] };
      }
    },
  });
}
