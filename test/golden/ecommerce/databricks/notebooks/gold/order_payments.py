# Databricks notebook source
# MAGIC %md
# MAGIC # gold.order_payments
# MAGIC
# MAGIC One row per order: the amount paid and the number of payments.
# MAGIC
# MAGIC - Reads `silver.payments`
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

silver_payments = lake.read("silver.payments")

# COMMAND ----------

gold_order_payments = silver_payments.groupBy("order_id").agg(
    F.sum(F.col("payment_value")).alias("paid"),
    F.count("*").alias("parts"),
    F.max(F.col("payment_installments")).alias("max_installments"),
    F.sum(F.when(F.col("payment_type") == "credit_card", F.col("payment_value"))).alias("paid_by_card"),
)

# COMMAND ----------

schema = T.StructType(
    [
        T.StructField("order_id", T.StringType(), nullable=False),
        T.StructField("paid", T.DecimalType(20, 2), nullable=False),
        T.StructField("parts", T.LongType(), nullable=False),
        T.StructField("max_installments", T.IntegerType(), nullable=False),
        T.StructField("paid_by_card", T.DecimalType(20, 2)),
    ]
)

lake.write("gold.order_payments", gold_order_payments, schema)
lake.release()

# COMMAND ----------

dbutils.notebook.exit(lake.result("gold.order_payments"))
