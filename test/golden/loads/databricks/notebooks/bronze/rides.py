# Databricks notebook source
# MAGIC %md
# MAGIC # bronze.rides
# MAGIC
# MAGIC - The rows of the newest version of every file
# MAGIC - Key `file`, `row`
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

rides, rejected_rides = lake.read_csv_loads(
    "bronze.rides",
    "files",
    {
        "ride_id": "string",
        "started": "timestamp",
        "month": "int = load.month",
        "file": "string = load.file",
        "row": "long = load.row",
        "loaded_at": "timestamp = load.at",
    },
    pattern=r"rides/(?![_.])(?P<month>[^/]+?)/(?![_.])[^/]*\.csv",
)

# COMMAND ----------

lake.check_loads("bronze.rides")

# COMMAND ----------

schema = T.StructType(
    [
        T.StructField("ride_id", T.StringType(), nullable=False),
        T.StructField("started", T.TimestampType(), nullable=False),
        T.StructField("month", T.IntegerType(), nullable=False),
        T.StructField("file", T.StringType(), nullable=False),
        T.StructField("row", T.LongType(), nullable=False),
        T.StructField("loaded_at", T.TimestampType(), nullable=False),
    ]
)

lake.require_key("bronze.rides", rides, "file", "row")
lake.write_quarantine("bronze.rides", rejected_rides)
lake.write("bronze.rides", rides, schema)
lake.release()

# COMMAND ----------

dbutils.notebook.exit(lake.result("bronze.rides"))
