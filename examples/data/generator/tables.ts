/** All source files, in the order of the program. */
import { createGoods } from "./goods.ts";
import { createOrders } from "./orders.ts";
import { createPeople } from "./people.ts";
import { categoryNames } from "./tables/category-names.ts";
import { customers } from "./tables/customers.ts";
import { geolocation } from "./tables/geolocation.ts";
import { orderItems } from "./tables/order-items.ts";
import { orders } from "./tables/orders.ts";
import { payments } from "./tables/payments.ts";
import { products } from "./tables/products.ts";
import { reviews } from "./tables/reviews.ts";
import { sellers } from "./tables/sellers.ts";
import type { Table } from "./tables/table.ts";
import type { World } from "./world.ts";

export function tablesOf(world: World): readonly Table[] {
  const people = createPeople(world);
  const product = createGoods(world);
  const shop = createOrders(world, product);
  return [
    customers(world, people),
    orders(world, people, shop),
    orderItems(world, people, product, shop),
    payments(world, shop),
    reviews(world, shop),
    products(world, product),
    sellers(world, people),
    geolocation(world, people),
    categoryNames(world),
  ];
}
