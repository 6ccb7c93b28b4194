# Databricks notebook source
# MAGIC %md
# MAGIC # silver.reviews
# MAGIC
# MAGIC One row per review; if an ID occurs several times, the latest answer.
# MAGIC
# MAGIC - Reads `bronze.reviews`
# MAGIC - Key `review_id`
# MAGIC
# MAGIC Compiled from `main.medal`: change it there.

# COMMAND ----------

# MAGIC %run ../lake

# COMMAND ----------

from decimal import Decimal

from pyspark.sql import Window
from pyspark.sql import functions as F
from pyspark.sql import types as T

dbutils.widgets.text("lake", "abfss://olistdata@olistlake.dfs.core.windows.net")
dbutils.widgets.text("load", "")
lake = Lake(root=dbutils.widgets.get("lake"), load=dbutils.widgets.get("load"))

# COMMAND ----------

bronze_reviews, rejected_reviews = lake.read_csv(
    "bronze.reviews",
    "olist_order_reviews_dataset.csv",
    {
        "review_id": "string(32)",
        "order_id": "string(32)",
        "review_score": "int",
        "review_comment_title": "string?",
        "review_comment_message": "string?",
        "review_creation_date": "timestamp",
        "review_answer_timestamp": "timestamp",
    },
)

# COMMAND ----------

lake.check_loads("silver.reviews")

# COMMAND ----------

prepared_reviews = (
    bronze_reviews.withColumn(
        "position",
        F.row_number().over(
            Window.partitionBy("review_id").orderBy(
                F.col("review_answer_timestamp").desc(),
                "order_id",
                "review_score",
                F.col("review_comment_title").asc_nulls_first(),
                F.col("review_comment_message").asc_nulls_first(),
                "review_creation_date",
            )
        ),
    )
    .filter(F.col("position") == 1)
    .drop("position")
    .transform(lake.keep)
)

# COMMAND ----------

valid_reviews, failed_reviews = lake.expect(
    "silver.reviews",
    prepared_reviews,
    {
        "score from 1 to 5": F.col("review_score").between(1, 5),
    },
)

# COMMAND ----------

silver_reviews = valid_reviews.withColumns(
    {
        "title": F.nullif(F.trim(F.col("review_comment_title")), F.lit("")),
        "message": F.nullif(F.trim(F.col("review_comment_message")), F.lit("")),
        "answer_hours": F.call_function(
            "div",
            F.floor(
                (F.unix_micros(F.col("review_answer_timestamp")) - F.unix_micros(F.col("review_creation_date")))
                / Decimal("1000000")
            ).cast("bigint"),
            F.lit(3600),
        ),
    }
).select(
    "review_id",
    "order_id",
    F.col("review_score").alias("score"),
    "title",
    "message",
    F.to_date(F.col("review_creation_date")).alias("created_on"),
    "answer_hours",
)

# COMMAND ----------

schema = T.StructType(
    [
        T.StructField("review_id", T.StringType(), nullable=False),
        T.StructField("order_id", T.StringType(), nullable=False),
        T.StructField("score", T.IntegerType(), nullable=False),
        T.StructField("title", T.StringType()),
        T.StructField("message", T.StringType()),
        T.StructField("created_on", T.DateType(), nullable=False),
        T.StructField("answer_hours", T.LongType(), nullable=False),
    ]
)

lake.write_quarantine("silver.reviews", rejected_reviews, failed_reviews)
lake.write("silver.reviews", silver_reviews, schema)
lake.release()

# COMMAND ----------

dbutils.notebook.exit(lake.result("silver.reviews"))
