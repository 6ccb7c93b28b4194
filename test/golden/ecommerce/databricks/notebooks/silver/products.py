# Databricks notebook source
# MAGIC %md
# MAGIC # silver.products
# MAGIC
# MAGIC One row per product, with its category in English.
# MAGIC
# MAGIC - Reads `bronze.products`, `bronze.category_names`
# MAGIC - Key `product_id`
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

bronze_products, rejected_products = lake.read_csv(
    "bronze.products",
    "olist_products_dataset.csv",
    {
        "product_id": "string(32)",
        "product_category_name": "string?",
        "product_name_lenght": "int?",
        "product_description_lenght": "int?",
        "product_photos_qty": "int?",
        "product_weight_g": "int?",
        "product_length_cm": "int?",
        "product_height_cm": "int?",
        "product_width_cm": "int?",
    },
    distinct=True,
)

# COMMAND ----------

# MAGIC %md
# MAGIC **bronze.category_names**
# MAGIC
# MAGIC English names of the product categories; two of the products' categories are missing.

# COMMAND ----------

bronze_category_names, rejected_category_names = lake.read_json(
    "bronze.category_names",
    "product_category_translation.jsonl",
    {
        "product_category_name": "string",
        "product_category_name_english": "string",
    },
)

# COMMAND ----------

lake.check_loads("silver.products")

# COMMAND ----------

silver_products = (
    bronze_products.alias("p")
    .join(
        bronze_category_names.alias("n"), F.col("n.product_category_name") == F.col("p.product_category_name"), "left"
    )
    .select(
        "p.product_id",
        F.coalesce(F.col("n.product_category_name_english"), F.col("p.product_category_name"), F.lit("unknown")).alias(
            "category"
        ),
        F.coalesce(F.col("p.product_photos_qty"), F.lit(0)).alias("photos"),
        F.col("p.product_weight_g").alias("weight_g"),
        (F.col("p.product_length_cm") * F.col("p.product_height_cm") * F.col("p.product_width_cm")).alias("volume_cm3"),
    )
    .transform(lake.keep)
)

# COMMAND ----------

schema = T.StructType(
    [
        T.StructField("product_id", T.StringType(), nullable=False),
        T.StructField("category", T.StringType(), nullable=False),
        T.StructField("photos", T.IntegerType(), nullable=False),
        T.StructField("weight_g", T.IntegerType()),
        T.StructField("volume_cm3", T.IntegerType()),
    ]
)

lake.require_key("bronze.category_names", bronze_category_names, "product_category_name")
lake.require_key("silver.products", silver_products, "product_id")
lake.write_quarantine("silver.products", rejected_products, rejected_category_names)
lake.write("silver.products", silver_products, schema)
lake.release()

# COMMAND ----------

dbutils.notebook.exit(lake.result("silver.products"))
