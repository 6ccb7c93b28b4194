# Databricks notebook source
# MAGIC %md
# MAGIC # gold.delivery_performance
# MAGIC
# MAGIC Delivery time and share of late deliveries by the customer's state.
# MAGIC
# MAGIC - Reads `silver.orders`, `silver.customers`
# MAGIC - Key `state`
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

silver_orders = lake.read("silver.orders")
silver_customers = lake.read("silver.customers")

# COMMAND ----------

gold_delivery_performance = (
    silver_orders.alias("o")
    .join(silver_customers.alias("c"), F.col("c.customer_id") == F.col("o.customer_id"))
    .filter(F.col("o.delivered_on").isNotNull())
    .groupBy("c.state")
    .agg(
        F.count("*").alias("delivered"),
        F.count_if(F.col("o.is_late")).alias("late"),
        F.try_divide(F.count_if(F.col("o.is_late")), F.count("*")).alias("late_share"),
        F.avg(F.col("o.delivery_days")).alias("average_days"),
        F.max(F.col("o.delivery_days")).alias("slowest_days"),
        F.median(F.col("o.delivery_days")).alias("median_days"),
    )
)

# COMMAND ----------

schema = T.StructType(
    [
        T.StructField("state", T.StringType(), nullable=False),
        T.StructField("delivered", T.LongType(), nullable=False),
        T.StructField("late", T.LongType(), nullable=False),
        T.StructField("late_share", T.DoubleType()),
        T.StructField("average_days", T.DoubleType()),
        T.StructField("slowest_days", T.IntegerType()),
        T.StructField("median_days", T.DoubleType()),
    ]
)

lake.write("gold.delivery_performance", gold_delivery_performance, schema)
lake.release()

# COMMAND ----------

dbutils.notebook.exit(lake.result("gold.delivery_performance"))
