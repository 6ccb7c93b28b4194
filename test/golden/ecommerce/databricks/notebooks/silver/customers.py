# Databricks notebook source
# MAGIC %md
# MAGIC # silver.customers
# MAGIC
# MAGIC One row per customer account.
# MAGIC
# MAGIC - Reads `bronze.customers`
# MAGIC - Key `customer_id`
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
# MAGIC **bronze.customers**
# MAGIC
# MAGIC One row per order and customer account; customer_unique_id identifies a person with several accounts.

# COMMAND ----------

bronze_customers, rejected_customers = lake.read_csv(
    "bronze.customers",
    "olist_customers_dataset.csv",
    {
        "customer_id": "string(32)",
        "customer_unique_id": "string(32)",
        "customer_zip_code_prefix": "string(5)",
        "customer_city": "string",
        "customer_state": "string(2)",
    },
    distinct=True,
)

# COMMAND ----------

lake.check_loads("silver.customers")

# COMMAND ----------

silver_customers = bronze_customers.withColumn(
    "city", F.lower(F.trim(F.regexp_replace(F.col("customer_city"), r"\s+", " ")))
).select(
    "customer_id",
    "customer_unique_id",
    F.col("customer_zip_code_prefix").alias("zip_prefix"),
    "city",
    F.col("customer_state").alias("state"),
)

# COMMAND ----------

schema = T.StructType(
    [
        T.StructField("customer_id", T.StringType(), nullable=False),
        T.StructField("customer_unique_id", T.StringType(), nullable=False),
        T.StructField("zip_prefix", T.StringType(), nullable=False),
        T.StructField("city", T.StringType(), nullable=False),
        T.StructField("state", T.StringType(), nullable=False),
    ]
)

lake.require_key("silver.customers", silver_customers, "customer_id")
lake.write_quarantine("silver.customers", rejected_customers)
lake.write("silver.customers", silver_customers, schema)
lake.release()

# COMMAND ----------

dbutils.notebook.exit(lake.result("silver.customers"))
