# Databricks notebook source
# MAGIC %md
# MAGIC # silver.zip_codes
# MAGIC
# MAGIC One row per zip code prefix, with the median of its points.
# MAGIC
# MAGIC - Reads `bronze.geolocation`
# MAGIC - Key `zip_prefix`
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
# MAGIC **bronze.geolocation**
# MAGIC
# MAGIC Many points per zip code prefix, many of them duplicated.

# COMMAND ----------

bronze_geolocation, rejected_geolocation = lake.read_csv(
    "bronze.geolocation",
    "olist_geolocation_dataset.csv",
    {
        "geolocation_zip_code_prefix": "string(5)",
        "geolocation_lat": "double",
        "geolocation_lng": "double",
        "geolocation_city": "string",
        "geolocation_state": "string(2)",
    },
    distinct=True,
)

# COMMAND ----------

lake.check_loads("silver.zip_codes")

# COMMAND ----------

silver_zip_codes = (
    bronze_geolocation.filter(
        F.col("geolocation_lat").between(-34.0, 6.0) & F.col("geolocation_lng").between(-74.0, -34.0)
    )
    .groupBy(F.col("geolocation_zip_code_prefix").alias("zip_prefix"))
    .agg(
        F.median(F.col("geolocation_lat")).alias("latitude"),
        F.median(F.col("geolocation_lng")).alias("longitude"),
        F.min(F.col("geolocation_state")).alias("state"),
        F.count("*").alias("points"),
    )
)

# COMMAND ----------

schema = T.StructType(
    [
        T.StructField("zip_prefix", T.StringType(), nullable=False),
        T.StructField("latitude", T.DoubleType(), nullable=False),
        T.StructField("longitude", T.DoubleType(), nullable=False),
        T.StructField("state", T.StringType(), nullable=False),
        T.StructField("points", T.LongType(), nullable=False),
    ]
)

lake.write_quarantine("silver.zip_codes", rejected_geolocation)
lake.write("silver.zip_codes", silver_zip_codes, schema)
lake.release()

# COMMAND ----------

dbutils.notebook.exit(lake.result("silver.zip_codes"))
