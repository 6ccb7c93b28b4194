# Databricks notebook source
# MAGIC %md
# MAGIC # silver.payments
# MAGIC
# MAGIC One row per payment; an order may have several.
# MAGIC
# MAGIC - Reads `bronze.payments`
# MAGIC - Key `order_id`, `payment_sequential`
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
# MAGIC **bronze.payments**
# MAGIC
# MAGIC An order may be paid in several parts.

# COMMAND ----------

bronze_payments, rejected_payments = lake.read_json(
    "bronze.payments",
    "public.order_payments.jsonl",
    {
        "order_id": "string(32)",
        "payment_sequential": "int",
        "payment_type": "PaymentType",
        "payment_installments": "int",
        "payment_value": "decimal(10,2)",
    },
)

# COMMAND ----------

lake.check_loads("silver.payments")

# COMMAND ----------

silver_payments = bronze_payments.filter(F.col("payment_type") != "not_defined")

# COMMAND ----------

lake.warn("silver.payments", silver_payments, "paid something", F.col("payment_value") >= 0)

# COMMAND ----------

schema = T.StructType(
    [
        T.StructField("order_id", T.StringType(), nullable=False),
        T.StructField("payment_sequential", T.IntegerType(), nullable=False),
        T.StructField("payment_type", T.StringType(), nullable=False),
        T.StructField("payment_installments", T.IntegerType(), nullable=False),
        T.StructField("payment_value", T.DecimalType(10, 2), nullable=False),
    ]
)

lake.require_key("bronze.payments", bronze_payments, "order_id", "payment_sequential")
lake.write_quarantine("silver.payments", rejected_payments)
lake.write("silver.payments", silver_payments, schema)
lake.release()

# COMMAND ----------

dbutils.notebook.exit(lake.result("silver.payments"))
