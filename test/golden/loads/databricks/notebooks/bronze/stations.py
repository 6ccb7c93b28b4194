# Databricks notebook source
# MAGIC %md
# MAGIC # bronze.stations
# MAGIC
# MAGIC - The rows of the newest load
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

stations, rejected_stations = lake.read_json_loads(
    "bronze.stations",
    "full",
    {
        "name": "string",
        "load": "string = load.id",
    },
    pattern=r"stations/(?:(?![_.])[^/]+/)*(?![_.])[^/]*\.json",
)

# COMMAND ----------

lake.check_loads("bronze.stations")

# COMMAND ----------

schema = T.StructType(
    [
        T.StructField("name", T.StringType(), nullable=False),
        T.StructField("load", T.StringType(), nullable=False),
    ]
)

lake.write_quarantine("bronze.stations", rejected_stations)
lake.write("bronze.stations", stations, schema)
lake.release()

# COMMAND ----------

dbutils.notebook.exit(lake.result("bronze.stations"))
