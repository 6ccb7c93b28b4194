# Databricks notebook source
# MAGIC %md
# MAGIC # The load of a run
# MAGIC
# MAGIC The load that is given, else the newest one that is complete in all bronze tables. All tasks of the run read it.
# MAGIC
# MAGIC Compiled from `main.medal`: change it there.

# COMMAND ----------

# MAGIC %run ./lake

# COMMAND ----------

dbutils.widgets.text("lake", "abfss://olistdata@olistlake.dfs.core.windows.net")
dbutils.widgets.text("load", "")
lake = Lake(root=dbutils.widgets.get("lake"), load=dbutils.widgets.get("load"))

# COMMAND ----------

dbutils.jobs.taskValues.set(key="load", value=dbutils.widgets.get("load") or lake.newest_load())
