/** Checks short programs: prepends a shop's sources; marks show the expected locations of diagnostics. */
import { type CheckResult, check, plan } from "../../src/compile.ts";
import type { CompilerHost } from "../../src/host.ts";
import type { Program, TablePlan } from "../../src/plan/program.ts";
import { markedPlaces } from "../support/marked-source.ts";

/** Orders with items and payments, related only by the order; customers; points without a key. */
export const SHOP = `project shop { lake = adls { account: "shop", container: "lake" } }
source files = file { path: "in/" }
secret db_password = keyvault("shop-kv", "db-password")
source shop_db = postgres { host: "db.shop.example", database: "shop", user: "ingest", password: secret.db_password }
enum Status { open, paid, closed }
bronze orders from files.csv("orders.csv") {
  order_id: string, customer_id: string, status: Status, bought: timestamp, delivered: timestamp?, weight: double?
  shipping: decimal(10,2)
  key order_id
}
bronze items from files.csv("items.csv") {
  order_id: string, item: int, product: string, price: decimal(10,2), quantity: int, note: string?
  key (order_id, item)
}
bronze payments from files.csv("payments.csv") {
  order_id: string, part: int, kind: string, value: decimal(10,2)
  key (order_id, part)
}
bronze customers from files.csv("customers.csv") {
  customer_id: string, name: string @pii, state: string, balance: decimal(10,2) @unit("BRL")
  key customer_id
}
bronze points from files.csv("points.csv") { zip: string, latitude: double, longitude: double }
`;

export function memoryHost(files: Readonly<Record<string, string>>): CompilerHost {
  return {
    readFile: (path) => files[path],
    listPrograms: (folder) =>
      Object.keys(files)
        .filter((path) => path.startsWith(folder) && path.endsWith(".medal"))
        .sort(),
    isFolder: () => false,
  };
}

export function checkShop(text: string): CheckResult {
  return check(memoryHost({ "main.medal": SHOP + text }), ["main.medal"]);
}

/** The errors of a text, each as `code: the marked place`; the marks are not part of the text. */
export function errorsOf(text: string, prelude = SHOP): readonly string[] {
  const file = prelude + text;
  return check(memoryHost({ "main.medal": file }), ["main.medal"])
    .diagnostics.filter((each) => each.severity === "error")
    .map((each) => `${each.code}: ${file.slice(each.span.start, each.span.end)}`);
}

/** The expected result of `errorsOf` for a text with `«…»` around each error, in order, and the codes. */
export function expectedErrors(marked: string, codes: readonly string[]): { text: string; errors: readonly string[] } {
  const { text, places } = markedPlaces(marked);
  return { text, errors: codes.map((code, at) => `${code}: ${places[at] ?? ""}`) };
}

/** The plan of a valid program. */
export function planOf(text: string): Program {
  const result = checkShop(text);
  const program = plan(result);
  if (!program) throw new Error(result.diagnostics.map((each) => `${each.code}: ${each.message}`).join("\n"));
  return program;
}

/** The plan of the last table of a text. */
export function tableOf(text: string): TablePlan {
  const table = planOf(text).tables.at(-1);
  if (!table) throw new Error("the text declares no table");
  return table;
}
