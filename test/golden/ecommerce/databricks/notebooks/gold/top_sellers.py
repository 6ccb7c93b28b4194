# Databricks notebook source
# MAGIC %md
# MAGIC # gold.top_sellers
# MAGIC
# MAGIC The ten sellers with the highest revenue.
# MAGIC
# MAGIC - Reads `gold.order_lines`
# MAGIC - Key `seller_id`
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

gold_top_sellers = (
    gold_order_lines.groupBy("seller_id", "seller_state")
    .agg(
        F.sum(F.col("price")).alias("revenue"),
        F.count_distinct(F.col("order_id")).alias("orders"),
        F.count("*").alias("items"),
    )
    .orderBy(F.col("revenue").desc(), "seller_id", F.col("seller_state").asc_nulls_first(), "orders", "items")
    .limit(10)
)

# COMMAND ----------

schema = T.StructType(
    [
        T.StructField("seller_id", T.StringType(), nullable=False),
        T.StructField("seller_state", T.StringType()),
        T.StructField("revenue", T.DecimalType(20, 2), nullable=False),
        T.StructField("orders", T.LongType(), nullable=False),
        T.StructField("items", T.LongType(), nullable=False),
    ]
)

lake.write("gold.top_sellers", gold_top_sellers, schema)
lake.release()

# COMMAND ----------

dbutils.notebook.exit(lake.result("gold.top_sellers"))
