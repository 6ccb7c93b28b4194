/** Customers and sellers, before data entry adds errors. */
import { type Zip, zipCode } from "./places.ts";
import { createClasses, createRandom, hashOf, id, some } from "./random.ts";
import type { World } from "./world.ts";

/** An account; a person opens a new one for most orders. */
export interface Customer {
  readonly id: string;
  readonly personId: string;
  readonly zip: Zip;
  /** Whether the person has other accounts. */
  readonly again: boolean;
}

export interface Seller {
  readonly id: string;
  readonly zip: Zip;
}

export interface People {
  customer(number: number): Customer;
  seller(number: number): Seller;
  /** The zip code prefixes in use, by number. */
  zip(number: number): Zip;
}

const CUSTOMERS = hashOf("customers");
const PERSONS = hashOf("persons");
const SELLERS = hashOf("sellers");

export function createPeople({ seed, counts }: World): People {
  const returns = createClasses(seed, "returning customers", counts.orders, [["again", some(counts.orders, 0.03)]]);
  const zips = Array.from({ length: counts.zipCodes }, (_, number) => zipCode(seed, number));
  const zip = (number: number) => zips[number] ?? zipCode(seed, number);

  return {
    zip,
    customer(number) {
      const random = createRandom(seed, CUSTOMERS, number);
      const again = returns(number) === "again";
      let person = number;
      while (returns(person) === "again") person = random.below(counts.orders);
      const place = zip(random.below(counts.zipCodes));
      return { id: id(seed, CUSTOMERS, number), personId: id(seed, PERSONS, person), zip: place, again };
    },
    seller(number) {
      const random = createRandom(seed, SELLERS, number);
      return { id: id(seed, SELLERS, number), zip: zip(random.below(counts.zipCodes)) };
    },
  };
}
