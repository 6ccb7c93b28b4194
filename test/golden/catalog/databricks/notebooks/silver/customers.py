# Databricks notebook source
# MAGIC %md
# MAGIC # silver.customers
# MAGIC
# MAGIC One row per customer.
# MAGIC
# MAGIC - Reads `bronze.customers`
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

bronze_customers, rejected_customers = lake.read_csv(
    "bronze.customers",
    "customers.csv",
    {
        "id": "int",
        "name": "string",
        "born": "date?",
        "balance": "decimal(10,2)",
    },
)

# COMMAND ----------

lake.check_loads("silver.customers")

# COMMAND ----------

schema = T.StructType(
    [
        T.StructField("id", T.IntegerType(), nullable=False),
        T.StructField("name", T.StringType(), nullable=False),
        T.StructField("born", T.DateType()),
        T.StructField("balance", T.DecimalType(10, 2), nullable=False),
    ]
)

lake.require_key("bronze.customers", bronze_customers, "id")
lake.write_quarantine("silver.customers", rejected_customers)
lake.write(
    "silver.customers",
    bronze_customers,
    schema,
    Entry(
        comment="One row per customer.",
        key=["id"],
        comments={
            "name": 'As they "wrote" it: it\'s theirs.',
        },
        tags={
            "name": {"pii": "true"},
            "born": {"pii": "true"},
            "balance": {"unit": "BRL"},
        },
    ),
)
lake.release()

# COMMAND ----------

dbutils.notebook.exit(lake.result("silver.customers"))
