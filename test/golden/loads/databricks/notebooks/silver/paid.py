# Databricks notebook source
# MAGIC %md
# MAGIC # silver.paid
# MAGIC
# MAGIC - Reads `bronze.payments`
# MAGIC
# MAGIC Compiled from `main.medal`: change it there.

# COMMAND ----------

# MAGIC %run ../lake

# COMMAND ----------

from pyspark.sql import types as T

dbutils.widgets.text("lake", "abfss://lake@shop.dfs.core.windows.net")
dbutils.widgets.text("load", "")
lake = Lake(root=dbutils.widgets.get("lake"), load=dbutils.widgets.get("load"))

# COMMAND ----------

bronze_payments = lake.read("bronze.payments")

# COMMAND ----------

silver_paid = bronze_payments.select(
    "order_id",
    "payment_value",
)

# COMMAND ----------

schema = T.StructType(
    [
        T.StructField("order_id", T.StringType(), nullable=False),
        T.StructField("payment_value", T.DecimalType(10, 2), nullable=False),
    ]
)

lake.write("silver.paid", silver_paid, schema)
lake.release()

# COMMAND ----------

dbutils.notebook.exit(lake.result("silver.paid"))
