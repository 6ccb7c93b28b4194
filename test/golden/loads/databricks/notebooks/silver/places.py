# Databricks notebook source
# MAGIC %md
# MAGIC # silver.places
# MAGIC
# MAGIC - Reads `bronze.stations`, `bronze.cities`
# MAGIC
# MAGIC Compiled from `main.medal`: change it there.

# COMMAND ----------

# MAGIC %run ../lake

# COMMAND ----------

from pyspark.sql import functions as F
from pyspark.sql import types as T

dbutils.widgets.text("lake", "abfss://lake@shop.dfs.core.windows.net")
dbutils.widgets.text("load", "")
lake = Lake(root=dbutils.widgets.get("lake"), load=dbutils.widgets.get("load"))

# COMMAND ----------

bronze_stations = lake.read("bronze.stations")

# COMMAND ----------

bronze_cities, rejected_cities = lake.read_csv(
    "bronze.cities",
    "cities.csv",
    {
        "name": "string",
    },
)

# COMMAND ----------

lake.check_loads("silver.places")

# COMMAND ----------

silver_places = (
    bronze_stations.alias("s")
    .join(bronze_cities.alias("c"), F.col("c.name") == F.col("s.name"))
    .select(
        "s.name",
        "s.load",
    )
)

# COMMAND ----------

schema = T.StructType(
    [
        T.StructField("name", T.StringType(), nullable=False),
        T.StructField("load", T.StringType(), nullable=False),
    ]
)

lake.require_key("bronze.cities", bronze_cities, "name")
lake.write_quarantine("silver.places", rejected_cities)
lake.write("silver.places", silver_places, schema)
lake.release()

# COMMAND ----------

dbutils.notebook.exit(lake.result("silver.places"))
