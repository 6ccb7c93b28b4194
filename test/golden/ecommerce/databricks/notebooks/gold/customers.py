# Databricks notebook source
# MAGIC %md
# MAGIC # gold.customers
# MAGIC
# MAGIC One row per person, over all accounts: what they bought and when.
# MAGIC
# MAGIC - Reads `gold.order_lines`
# MAGIC - Key `customer_unique_id`
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

gold_customers = (
    gold_order_lines.groupBy("customer_unique_id")
    .agg(
        F.count_distinct(F.col("order_id")).alias("orders"),
        F.count("*").alias("items"),
        F.sum(F.col("total")).alias("spent"),
        F.min(F.col("purchased_on")).alias("first_bought"),
        F.max(F.col("purchased_on")).alias("last_bought"),
        F.count_distinct(F.col("customer_city")).alias("cities"),
    )
    .withColumns(
        {
            "segment": F.when(F.col("spent") >= 1000, "gold").when(F.col("spent") >= 200, "silver").otherwise("bronze"),
            "is_returning": F.col("orders") > 1,
        }
    )
)

# COMMAND ----------

schema = T.StructType(
    [
        T.StructField("customer_unique_id", T.StringType(), nullable=False),
        T.StructField("orders", T.LongType(), nullable=False),
        T.StructField("items", T.LongType(), nullable=False),
        T.StructField("spent", T.DecimalType(21, 2), nullable=False),
        T.StructField("first_bought", T.DateType(), nullable=False),
        T.StructField("last_bought", T.DateType(), nullable=False),
        T.StructField("cities", T.LongType(), nullable=False),
        T.StructField("segment", T.StringType(), nullable=False),
        T.StructField("is_returning", T.BooleanType(), nullable=False),
    ]
)

lake.write("gold.customers", gold_customers, schema)
lake.release()

# COMMAND ----------

dbutils.notebook.exit(lake.result("gold.customers"))
