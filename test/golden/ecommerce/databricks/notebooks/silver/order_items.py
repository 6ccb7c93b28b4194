# Databricks notebook source
# MAGIC %md
# MAGIC # silver.order_items
# MAGIC
# MAGIC One row per piece sold.
# MAGIC
# MAGIC - Reads `bronze.order_items`
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

bronze_order_items, rejected_order_items = lake.read_csv(
    "bronze.order_items",
    "olist_order_items_dataset.csv",
    {
        "order_id": "string",
        "order_item_id": "int",
        "product_id": "string(32)",
        "seller_id": "string(32)",
        "shipping_limit_date": "timestamp",
        "price": "decimal(10,2)",
        "freight_value": "decimal(10,2)",
    },
    distinct=True,
    at_most="5%",
)

# COMMAND ----------

lake.check_loads("silver.order_items")

# COMMAND ----------

valid_order_items, failed_order_items = lake.expect(
    "silver.order_items",
    bronze_order_items,
    {
        "priced": F.col("price") > 0,
    },
)

# COMMAND ----------

silver_order_items = valid_order_items.select(
    "order_id",
    "order_item_id",
    "product_id",
    "seller_id",
    F.col("shipping_limit_date").alias("shipping_limit_at"),
    "price",
    "freight_value",
)

# COMMAND ----------

schema = T.StructType(
    [
        T.StructField("order_id", T.StringType(), nullable=False),
        T.StructField("order_item_id", T.IntegerType(), nullable=False),
        T.StructField("product_id", T.StringType(), nullable=False),
        T.StructField("seller_id", T.StringType(), nullable=False),
        T.StructField("shipping_limit_at", T.TimestampType(), nullable=False),
        T.StructField("price", T.DecimalType(10, 2), nullable=False),
        T.StructField("freight_value", T.DecimalType(10, 2), nullable=False),
    ]
)

lake.require_key("silver.order_items", silver_order_items, "order_id", "order_item_id")
lake.write_quarantine("silver.order_items", rejected_order_items, failed_order_items)
lake.write("silver.order_items", silver_order_items, schema)
lake.release()

# COMMAND ----------

dbutils.notebook.exit(lake.result("silver.order_items"))
