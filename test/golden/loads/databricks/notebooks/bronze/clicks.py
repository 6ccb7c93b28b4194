# Databricks notebook source
# MAGIC %md
# MAGIC # bronze.clicks
# MAGIC
# MAGIC - The rows of all loads, each once by `id`
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

clicks, rejected_clicks = lake.read_json_loads(
    "bronze.clicks",
    "append by id",
    {
        "id": "long",
        "url": "string",
    },
    file="public.clicks.jsonl",
    path="public.clicks",
    at_most="5%",
)

# COMMAND ----------

lake.check_loads("bronze.clicks")

# COMMAND ----------

schema = T.StructType(
    [
        T.StructField("id", T.LongType(), nullable=False),
        T.StructField("url", T.StringType(), nullable=False),
    ]
)

lake.write_quarantine("bronze.clicks", rejected_clicks)
lake.write("bronze.clicks", clicks, schema)
lake.release()

# COMMAND ----------

dbutils.notebook.exit(lake.result("bronze.clicks"))
