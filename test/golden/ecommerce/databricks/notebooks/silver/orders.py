# Databricks notebook source
# MAGIC %md
# MAGIC # silver.orders
# MAGIC
# MAGIC One row per order, with cleaned dates, the delivery time, and whether it was late.
# MAGIC
# MAGIC - Reads `bronze.orders`
# MAGIC - Key `order_id`
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

# MAGIC %md
# MAGIC **bronze.orders**
# MAGIC
# MAGIC Lands byte for byte; the schema lists the columns to read.

# COMMAND ----------

bronze_orders, rejected_orders = lake.read_csv(
    "bronze.orders",
    "olist_orders_dataset.csv",
    {
        "order_id": "string(32)",
        "customer_id": "string(32)",
        "order_status": "OrderStatus",
        "order_purchase_timestamp": "timestamp",
        "order_approved_at": "timestamp?",
        "order_delivered_carrier_date": "timestamp?",
        "order_delivered_customer_date": "timestamp?",
        "order_estimated_delivery_date": "timestamp",
    },
    distinct=True,
)

# COMMAND ----------

lake.check_loads("silver.orders")

# COMMAND ----------

prepared_orders = (
    bronze_orders.withColumns(
        {
            "purchased_on": F.to_date(F.col("order_purchase_timestamp")),
            "approved_on": F.to_date(F.col("order_approved_at")),
            "shipped_on": F.to_date(F.col("order_delivered_carrier_date")),
            "delivered_on": F.to_date(F.col("order_delivered_customer_date")),
            "promised_on": F.to_date(F.col("order_estimated_delivery_date")),
        }
    )
    .withColumns(
        {
            "delivery_days": F.datediff(F.col("delivered_on"), F.col("purchased_on")),
            "promised_days": F.datediff(F.col("promised_on"), F.col("purchased_on")),
        }
    )
    .withColumn("is_late", F.col("delivery_days") > F.col("promised_days"))
)

# COMMAND ----------

valid_orders, failed_orders = lake.expect(
    "silver.orders",
    prepared_orders,
    {
        "delivered after bought": F.col("delivered_on").isNull() | (F.col("delivered_on") >= F.col("purchased_on")),
    },
)

# COMMAND ----------

silver_orders = valid_orders.select(
    "order_id",
    "customer_id",
    F.col("order_status").alias("status"),
    F.col("order_purchase_timestamp").alias("purchased_at"),
    "purchased_on",
    "approved_on",
    "shipped_on",
    "delivered_on",
    "promised_on",
    "delivery_days",
    "promised_days",
    "is_late",
)

# COMMAND ----------

schema = T.StructType(
    [
        T.StructField("order_id", T.StringType(), nullable=False),
        T.StructField("customer_id", T.StringType(), nullable=False),
        T.StructField("status", T.StringType(), nullable=False),
        T.StructField("purchased_at", T.TimestampType(), nullable=False),
        T.StructField("purchased_on", T.DateType(), nullable=False),
        T.StructField("approved_on", T.DateType()),
        T.StructField("shipped_on", T.DateType()),
        T.StructField("delivered_on", T.DateType()),
        T.StructField("promised_on", T.DateType(), nullable=False),
        T.StructField("delivery_days", T.IntegerType()),
        T.StructField("promised_days", T.IntegerType(), nullable=False),
        T.StructField("is_late", T.BooleanType()),
    ]
)

lake.require_key("silver.orders", silver_orders, "order_id")
lake.write_quarantine("silver.orders", rejected_orders, failed_orders)
lake.write("silver.orders", silver_orders, schema)
lake.release()

# COMMAND ----------

dbutils.notebook.exit(lake.result("silver.orders"))
