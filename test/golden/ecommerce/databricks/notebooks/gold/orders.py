# Databricks notebook source
# MAGIC %md
# MAGIC # gold.orders
# MAGIC
# MAGIC One row per order: sales, payments and the review score. Each side is aggregated before the join.
# MAGIC
# MAGIC - Reads `gold.order_lines`, `silver.orders`, `gold.order_payments`
# MAGIC - Key `order_id`
# MAGIC
# MAGIC Compiled from `main.medal`: change it there.

# COMMAND ----------

# MAGIC %run ../lake

# COMMAND ----------

from decimal import Decimal

from pyspark.sql import functions as F
from pyspark.sql import types as T

dbutils.widgets.text("lake", "abfss://olistdata@olistlake.dfs.core.windows.net")
dbutils.widgets.text("load", "")
lake = Lake(root=dbutils.widgets.get("lake"), load=dbutils.widgets.get("load"))

# COMMAND ----------

gold_order_lines = lake.read("gold.order_lines")
silver_orders = lake.read("silver.orders")
gold_order_payments = lake.read("gold.order_payments")

# COMMAND ----------

gold_orders = (
    gold_order_lines.groupBy("order_id")
    .agg(
        F.count("*").alias("items"),
        F.sum(F.col("price")).alias("sold"),
        F.sum(F.col("freight_value")).alias("freight"),
    )
    .alias("orders")
    .join(silver_orders.alias("o"), F.col("o.order_id") == F.col("orders.order_id"))
    .join(gold_order_payments.alias("pay"), F.col("pay.order_id") == F.col("orders.order_id"), "left")
    .select(
        "orders.order_id",
        "o.customer_id",
        "o.status",
        "o.purchased_on",
        "o.delivery_days",
        "o.is_late",
        "orders.items",
        "orders.sold",
        "orders.freight",
        F.coalesce(F.col("pay.paid"), F.lit(Decimal("0.00"))).alias("paid"),
        (F.coalesce(F.col("pay.paid"), F.lit(Decimal("0.00"))) - F.col("orders.sold") - F.col("orders.freight")).alias(
            "difference"
        ),
    )
)

# COMMAND ----------

schema = T.StructType(
    [
        T.StructField("order_id", T.StringType(), nullable=False),
        T.StructField("customer_id", T.StringType(), nullable=False),
        T.StructField("status", T.StringType(), nullable=False),
        T.StructField("purchased_on", T.DateType(), nullable=False),
        T.StructField("delivery_days", T.IntegerType()),
        T.StructField("is_late", T.BooleanType()),
        T.StructField("items", T.LongType(), nullable=False),
        T.StructField("sold", T.DecimalType(20, 2), nullable=False),
        T.StructField("freight", T.DecimalType(20, 2), nullable=False),
        T.StructField("paid", T.DecimalType(20, 2), nullable=False),
        T.StructField("difference", T.DecimalType(22, 2), nullable=False),
    ]
)

lake.write("gold.orders", gold_orders, schema)
lake.release()

# COMMAND ----------

dbutils.notebook.exit(lake.result("gold.orders"))
