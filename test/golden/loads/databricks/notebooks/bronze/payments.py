# Databricks notebook source
# MAGIC %md
# MAGIC # bronze.payments
# MAGIC
# MAGIC Payments of orders.
# MAGIC
# MAGIC - The newest version of each row by `updated_at`, without those that are deleted
# MAGIC - Key `order_id`, `payment_sequential`
# MAGIC
# MAGIC Compiled from `main.medal`: change it there.

# COMMAND ----------

# MAGIC %run ../lake

# COMMAND ----------

from pyspark.sql import Window
from pyspark.sql import functions as F
from pyspark.sql import types as T

dbutils.widgets.text("lake", "abfss://lake@shop.dfs.core.windows.net")
dbutils.widgets.text("load", "")
lake = Lake(root=dbutils.widgets.get("lake"), load=dbutils.widgets.get("load"))

# COMMAND ----------

payments, rejected_payments = lake.read_json_loads(
    "bronze.payments",
    "changes by updated_at",
    {
        "order_id": "string(32)",
        "payment_sequential": "int",
        "payment_value": "decimal(10,2)",
        "is_void": "bool?",
        "updated_at": "timestamp",
    },
    file="public.order_payments.jsonl",
    path="public.order_payments",
    versions=["_load_id", "_load_file", "_load_row"],
)

# COMMAND ----------

lake.check_loads("bronze.payments")

# COMMAND ----------

bronze_payments = (
    payments.withColumn(
        "position",
        F.row_number().over(
            Window.partitionBy("order_id", "payment_sequential").orderBy(
                F.col("updated_at").desc(),
                F.col("_load_id").desc(),
                F.col("_load_file").desc(),
                F.col("_load_row").desc(),
            )
        ),
    )
    .filter(F.col("position") == 1)
    .drop("position")
    .filter(~F.coalesce(F.col("is_void"), F.lit(False)))
    .select(
        "order_id",
        "payment_sequential",
        "payment_value",
        "is_void",
        "updated_at",
    )
)

# COMMAND ----------

schema = T.StructType(
    [
        T.StructField("order_id", T.StringType(), nullable=False),
        T.StructField("payment_sequential", T.IntegerType(), nullable=False),
        T.StructField("payment_value", T.DecimalType(10, 2), nullable=False),
        T.StructField("is_void", T.BooleanType()),
        T.StructField("updated_at", T.TimestampType(), nullable=False),
    ]
)

lake.write_quarantine("bronze.payments", rejected_payments)
lake.write("bronze.payments", bronze_payments, schema)
lake.release()

# COMMAND ----------

dbutils.notebook.exit(lake.result("bronze.payments"))
