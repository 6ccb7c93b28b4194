# Databricks notebook source
# MAGIC %md
# MAGIC # The record of a run
# MAGIC
# MAGIC Adds what became of each table to the table `runs` of the lake, and fails if a table was not built, so that the
# MAGIC run of the job fails.
# MAGIC
# MAGIC Compiled from `main.medal`: change it there.

# COMMAND ----------

# MAGIC %run ./lake

# COMMAND ----------

import json

dbutils.widgets.text("lake", "abfss://olistdata@olistlake.dfs.core.windows.net")
dbutils.widgets.text("load", "")
lake = Lake(root=dbutils.widgets.get("lake"), load=dbutils.widgets.get("load"))
dbutils.widgets.text("run", "")
dbutils.widgets.text("started", "")
dbutils.widgets.text("tables", "")

# COMMAND ----------

run = dbutils.widgets.get("run")
started = dbutils.widgets.get("started")
tables = json.loads(dbutils.widgets.get("tables"))
dbutils.notebook.exit(lake.record_run(run, started, tables))
