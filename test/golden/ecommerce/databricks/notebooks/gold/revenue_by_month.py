# Databricks notebook source
# MAGIC %md
# MAGIC # gold.revenue_by_month
# MAGIC
# MAGIC - Reads `gold.order_lines`
# MAGIC - Key `month`, `customer_state`
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

gold_order_lines = lake.read("gold.order_lines")

# COMMAND ----------

gold_revenue_by_month = (
    gold_order_lines.filter((F.col("status") != "canceled") & (F.col("status") != "unavailable"))
    .groupBy(F.trunc(F.col("purchased_on"), "month").alias("month"), "customer_state")
    .agg(
        F.sum(F.col("price")).alias("revenue"),
        F.sum(F.col("freight_value")).alias("freight"),
        F.count_distinct(F.col("order_id")).alias("orders"),
        F.count("*").alias("items"),
    )
    .orderBy("month", "customer_state")
)

# COMMAND ----------

schema = T.StructType(
    [
        T.StructField("month", T.DateType(), nullable=False),
        T.StructField("customer_state", T.StringType(), nullable=False),
        T.StructField("revenue", T.DecimalType(20, 2), nullable=False),
        T.StructField("freight", T.DecimalType(20, 2), nullable=False),
        T.StructField("orders", T.LongType(), nullable=False),
        T.StructField("items", T.LongType(), nullable=False),
    ]
)

lake.write("gold.revenue_by_month", gold_revenue_by_month, schema)
lake.release()

# COMMAND ----------

dbutils.notebook.exit(lake.result("gold.revenue_by_month"))
