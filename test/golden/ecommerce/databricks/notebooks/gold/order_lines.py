# Databricks notebook source
# MAGIC %md
# MAGIC # gold.order_lines
# MAGIC
# MAGIC One row per piece sold, with details of its order, customer, product and seller.
# MAGIC
# MAGIC - Reads `silver.order_items`, `silver.orders`, `silver.customers`, `silver.products`, `silver.sellers`,
# MAGIC   `bronze.states`
# MAGIC - Key `order_id`, `order_item_id`
# MAGIC
# MAGIC Compiled from `main.medal`: change it there.

# COMMAND ----------

# MAGIC %run ../lake

# COMMAND ----------

from pyspark.sql import functions as F
from pyspark.sql import types as T

dbutils.widgets.text("lake", "abfss://olistdata@olistlake.dfs.core.windows.net")
dbutils.widgets.text("load", "")
lake = Lake(root=dbutils.widgets.get("lake"), load=dbutils.widgets.get("load"))

# COMMAND ----------

silver_order_items = lake.read("silver.order_items")
silver_orders = lake.read("silver.orders")
silver_customers = lake.read("silver.customers")
silver_products = lake.read("silver.products")
silver_sellers = lake.read("silver.sellers")

# COMMAND ----------

# MAGIC %md
# MAGIC **bronze.states**
# MAGIC
# MAGIC The five regions of Brazil, maintained manually next to the program.

# COMMAND ----------

bronze_states, rejected_states = lake.read_json(
    "bronze.states",
    "states.jsonl",
    {
        "state": "string(2)",
        "name": "string",
        "region": "string",
    },
)

# COMMAND ----------

lake.check_loads("gold.order_lines")

# COMMAND ----------

gold_order_lines = (
    silver_order_items.alias("item")
    .join(silver_orders.alias("o"), F.col("o.order_id") == F.col("item.order_id"))
    .join(silver_customers.alias("c"), F.col("c.customer_id") == F.col("o.customer_id"))
    .join(silver_products.alias("p"), F.col("p.product_id") == F.col("item.product_id"), "left")
    .join(silver_sellers.alias("s"), F.col("s.seller_id") == F.col("item.seller_id"), "left")
    .join(bronze_states.alias("r"), F.col("r.state") == F.col("c.state"), "left")
    .select(
        "item.order_id",
        "item.order_item_id",
        "o.status",
        "o.purchased_on",
        "o.delivery_days",
        "o.is_late",
        "c.customer_unique_id",
        F.col("c.city").alias("customer_city"),
        F.col("c.state").alias("customer_state"),
        F.coalesce(F.col("r.region"), F.lit("unknown")).alias("region"),
        "item.product_id",
        F.coalesce(F.col("p.category"), F.lit("unknown")).alias("category"),
        "item.seller_id",
        F.col("s.state").alias("seller_state"),
        "item.price",
        "item.freight_value",
        (F.col("item.price") + F.col("item.freight_value")).alias("total"),
    )
)

# COMMAND ----------

schema = T.StructType(
    [
        T.StructField("order_id", T.StringType(), nullable=False),
        T.StructField("order_item_id", T.IntegerType(), nullable=False),
        T.StructField("status", T.StringType(), nullable=False),
        T.StructField("purchased_on", T.DateType(), nullable=False),
        T.StructField("delivery_days", T.IntegerType()),
        T.StructField("is_late", T.BooleanType()),
        T.StructField("customer_unique_id", T.StringType(), nullable=False),
        T.StructField("customer_city", T.StringType(), nullable=False),
        T.StructField("customer_state", T.StringType(), nullable=False),
        T.StructField("region", T.StringType(), nullable=False),
        T.StructField("product_id", T.StringType(), nullable=False),
        T.StructField("category", T.StringType(), nullable=False),
        T.StructField("seller_id", T.StringType(), nullable=False),
        T.StructField("seller_state", T.StringType()),
        T.StructField("price", T.DecimalType(10, 2), nullable=False),
        T.StructField("freight_value", T.DecimalType(10, 2), nullable=False),
        T.StructField("total", T.DecimalType(11, 2), nullable=False),
    ]
)

lake.require_key("bronze.states", bronze_states, "state")
lake.write_quarantine("gold.order_lines", rejected_states)
lake.write("gold.order_lines", gold_order_lines, schema)
lake.release()

# COMMAND ----------

dbutils.notebook.exit(lake.result("gold.order_lines"))
