# Databricks notebook source
# MAGIC %md
# MAGIC # silver.sellers
# MAGIC
# MAGIC One row per seller.
# MAGIC
# MAGIC - Reads `bronze.sellers`
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

bronze_sellers, rejected_sellers = lake.read_csv(
    "bronze.sellers",
    "olist_sellers_dataset.csv",
    {
        "seller_id": "string(32)",
        "seller_zip_code_prefix": "string(5)",
        "seller_city": "string",
        "seller_state": "string(2)",
    },
    distinct=True,
)

# COMMAND ----------

lake.check_loads("silver.sellers")

# COMMAND ----------

silver_sellers = bronze_sellers.select(
    "seller_id",
    F.col("seller_zip_code_prefix").alias("zip_prefix"),
    F.lower(F.trim(F.regexp_replace(F.col("seller_city"), r"\s+", " "))).alias("city"),
    F.col("seller_state").alias("state"),
)

# COMMAND ----------

schema = T.StructType(
    [
        T.StructField("seller_id", T.StringType(), nullable=False),
        T.StructField("zip_prefix", T.StringType(), nullable=False),
        T.StructField("city", T.StringType(), nullable=False),
        T.StructField("state", T.StringType(), nullable=False),
    ]
)

lake.require_key("silver.sellers", silver_sellers, "seller_id")
lake.write_quarantine("silver.sellers", rejected_sellers)
lake.write("silver.sellers", silver_sellers, schema)
lake.release()

# COMMAND ----------

dbutils.notebook.exit(lake.result("silver.sellers"))
