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

# MAGIC %run ./catalog

# COMMAND ----------

dbutils.widgets.text("lake", "abfss://lake@shoplake.dfs.core.windows.net")
dbutils.widgets.text("load", "")
dbutils.widgets.text("catalog", "main")
dbutils.widgets.text("schema_prefix", "shop_")
lake = CatalogLake(
    root=dbutils.widgets.get("lake"),
    load=dbutils.widgets.get("load"),
    catalog=dbutils.widgets.get("catalog"),
    schema_prefix=dbutils.widgets.get("schema_prefix"),
)

# COMMAND ----------

# MAGIC %md
# MAGIC Columns with personal data are masked: `pii_readers` see their values, and this job.

# COMMAND ----------

dbutils.widgets.text("pii_readers", "privacy")
lake.create_masks({"medalc_mask_date": "date", "medalc_mask_string": "string"}, dbutils.widgets.get("pii_readers"))

# COMMAND ----------

dbutils.jobs.taskValues.set(key="load", value=dbutils.widgets.get("load") or lake.newest_load())
