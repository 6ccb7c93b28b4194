# Databricks notebook source
# MAGIC %md
# MAGIC # gold.balances
# MAGIC
# MAGIC What they owe.
# MAGIC
# MAGIC - Reads `silver.customers`
# MAGIC - Key `id`
# MAGIC
# MAGIC - `name`: As they "wrote" it: it's theirs.
# MAGIC
# MAGIC Compiled from `main.medal`: change it there.

# COMMAND ----------

# MAGIC %run ../lake

# COMMAND ----------

# MAGIC %run ../catalog

# COMMAND ----------

from pyspark.sql import types as T

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

silver_customers = lake.read("silver.customers")

# COMMAND ----------

gold_balances = silver_customers.select(
    "id",
    "name",
    "balance",
)

# COMMAND ----------

schema = T.StructType(
    [
        T.StructField("id", T.IntegerType(), nullable=False),
        T.StructField("name", T.StringType(), nullable=False),
        T.StructField("balance", T.DecimalType(10, 2), nullable=False),
    ]
)

lake.write(
    "gold.balances",
    gold_balances,
    schema,
    Entry(
        comment="What they owe.",
        key=["id"],
        comments={
            "name": 'As they "wrote" it: it\'s theirs.',
        },
        tags={
            "name": {"pii": "true"},
            "balance": {"unit": "BRL"},
        },
    ),
)
lake.release()

# COMMAND ----------

dbutils.notebook.exit(lake.result("gold.balances"))
