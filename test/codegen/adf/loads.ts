/** A program with every way of loading a bronze table. */
export const LOADS = `project shop {
  lake    = adls { account: "shoplake", container: "lake" }
  ingest  = datafactory { name: "shop-df" }
  compute = databricks { workspace: "https://adb-1.2.azuredatabricks.net/", resource_id: "/w" }
}
secret pw  = keyvault("shop-kv", "erp-password")
secret uri = keyvault("shop-kv", "catalog-uri")

source erp     = postgres { host: "erp", database: "erp", user: "ingest", password: secret.pw }
source catalog = mongodb { uri: secret.uri, database: "catalog" }
source landing = file { path: "landing" }
source web     = http { base_url: "https://example.com/" }

bronze payments from erp.table("public.payments") {
  load changes by updated_at deleted when is_void lag 2 hours
  order_id:   string
  sequential: int
  value:      decimal(10,2)
  is_void:    bool
  updated_at: timestamp
  loaded_at:  timestamp = load.at
  key (order_id, sequential)
}

bronze clicks from erp.table("public.clicks") {
  load append by id lag 10
  id:  long
  url: string
}

bronze rates from erp.table("public.rates") {
  load append by day lag 1 day
  day:  date
  rate: decimal(10,4)
}

bronze ledger from erp.table("public.ledger") {
  load append by position
  position: decimal(12,2)
  note:     string
}

bronze stores from erp.table("public.stores") {
  id:        string
  loaded_at: timestamp = load.at
}

bronze products from catalog.collection("products") {
  load changes by changed lag 30 minutes
  sku:     string
  changed: timestamp
  key sku
}

bronze views from catalog.collection("views") {
  load append by n lag 2
  n:    long
  page: string
}

bronze prices from catalog.collection("prices") {
  load append by day
  day:   date
  price: double
}

bronze rides from landing.csv("rides/{month}/*.csv") {
  load files
  ride_id: string
  month:   string = load.month
}

bronze events from landing.json("**/events-*.jsonl") {
  load changes by at
  id: string
  at: timestamp
  key id
}

bronze regions from landing.csv("regions/*.csv") {
  region: string
}

bronze limits from landing.csv("limits.csv") {
  load files
  limit: int
}

bronze offers from web.csv("offers.csv") {
  load changes by at
  id: string
  at: timestamp
  key id
}

silver clicks { from bronze.clicks }
`;
