# Databricks notebook source
# MAGIC %md
# MAGIC # The notebook that examples/ecommerce.medal replaces
# MAGIC
# MAGIC As such notebooks are clicked together: every column a string, MongoDB by way of pandas, a look at the data between
# MAGIC the steps, one big join of everything. It repeats payments for each item of an order, so its revenue is too high;
# MAGIC it checks nothing and sets nothing aside. What it leaves is one silver table, the numbers of its Power BI page, and
# MAGIC a spreadsheet.
# MAGIC
# MAGIC The storage is a folder here instead of a mounted container; MongoDB's documents come from a file instead of a server.

# COMMAND ----------

import json

import pandas as pd
from pyspark.sql.functions import avg, col, count, countDistinct, date_format, datediff, desc, sum, to_date, when

base = dbutils.widgets.get("lake")
bronze = base + "/bronze/"

# COMMAND ----------

customers_df = spark.read.option("header", "true").csv(bronze + "olist_customers_dataset.csv")
geolocation_df = spark.read.option("header", "true").csv(bronze + "olist_geolocation_dataset.csv")
items_df = spark.read.option("header", "true").csv(bronze + "olist_order_items_dataset.csv")
payments_df = spark.read.option("header", "true").csv(bronze + "olist_order_payments.csv")
reviews_df = spark.read.option("header", "true").csv(bronze + "olist_order_reviews_dataset.csv")
orders_df = spark.read.option("header", "true").csv(bronze + "olist_orders_dataset.csv")
products_df = spark.read.option("header", "true").csv(bronze + "olist_products_dataset.csv")
sellers_df = spark.read.option("header", "true").csv(bronze + "olist_sellers_dataset.csv")

# COMMAND ----------

# mongo_data = pd.DataFrame(list(collection.find({})))
with open((bronze + "product_category_translation.jsonl").removeprefix("file:"), encoding="utf-8") as documents:
    mongo_data = pd.DataFrame([json.loads(document) for document in documents])
mongo_data.drop("_id", axis=1, inplace=True)
mongo_spark_df = spark.createDataFrame(mongo_data)
display(mongo_spark_df)

# COMMAND ----------

display(products_df)

# COMMAND ----------

print(orders_df.count(), customers_df.count(), payments_df.count(), items_df.count())
print(orders_df.tail(5))


# COMMAND ----------


def clean_dataframe(df, name):
    print("Cleaning " + name)
    return df.dropDuplicates().na.drop("all")


orders_df = clean_dataframe(orders_df, "Orders")
display(orders_df)

# COMMAND ----------

orders_df = (
    orders_df.withColumn("order_purchase_timestamp", to_date(col("order_purchase_timestamp").try_cast("timestamp")))
    .withColumn("order_approved_at", to_date(col("order_approved_at").try_cast("timestamp")))
    .withColumn("order_delivered_carrier_date", to_date(col("order_delivered_carrier_date").try_cast("timestamp")))
    .withColumn("order_delivered_customer_date", to_date(col("order_delivered_customer_date").try_cast("timestamp")))
    .withColumn("order_estimated_delivery_date", to_date(col("order_estimated_delivery_date").try_cast("timestamp")))
)
orders_df = orders_df.withColumn(
    "actual_delivery_time", datediff("order_delivered_customer_date", "order_purchase_timestamp")
)
orders_df = orders_df.withColumn(
    "estimated_delivery_time", datediff("order_estimated_delivery_date", "order_purchase_timestamp")
)
orders_df = orders_df.withColumn(
    "Delay_Time_boolean", when(col("actual_delivery_time") > col("estimated_delivery_time"), True).otherwise(False)
)
orders_df = orders_df.withColumn(
    "Delay_Time_boolean", when(col("actual_delivery_time").isNotNull(), col("Delay_Time_boolean"))
)
display(orders_df)

# COMMAND ----------

orders_customers_df = orders_df.join(customers_df, orders_df.customer_id == customers_df.customer_id, "left")
orders_payments_df = orders_customers_df.join(
    payments_df, orders_customers_df.order_id == payments_df.order_id, "left"
).drop(payments_df.order_id)
orders_items_df = orders_payments_df.join(items_df, "order_id", "left")
orders_items_products_df = orders_items_df.join(
    products_df, orders_items_df.product_id == products_df.product_id, "left"
)
final_df = orders_items_products_df.join(
    sellers_df, orders_items_products_df.seller_id == sellers_df.seller_id, "left"
)
final_df = final_df.join(mongo_spark_df, "product_category_name", "left")
display(final_df)

# COMMAND ----------


def remove_duplicate_columns(df):
    columns = df.columns
    seen, first = set(), []
    for at, column in enumerate(columns):
        if column not in seen:
            seen.add(column)
            first.append(at)
    renamed = df.toDF(*[f"{column}_{at}" for at, column in enumerate(columns)])
    return renamed.select([col(f"{columns[at]}_{at}").alias(columns[at]) for at in first])


final_df = remove_duplicate_columns(final_df)
print(final_df.count(), len(final_df.columns))

# COMMAND ----------

final_df.write.mode("overwrite").parquet(base + "/silver")

# COMMAND ----------

# MAGIC %md
# MAGIC ## Gold: the numbers of the page

# COMMAND ----------

silver_df = spark.read.parquet(base + "/silver")
display(silver_df)
silver_df = silver_df.withColumn("payment_value", col("payment_value").try_cast("double"))

# COMMAND ----------

cards_df = silver_df.agg(
    sum("payment_value").alias("total_revenue"),
    count("order_item_id").alias("items_sold"),
    countDistinct("customer_unique_id").alias("active_customers"),
    (sum("payment_value") / countDistinct("order_id")).alias("average_order_value"),
    avg("actual_delivery_time").alias("average_delivery_time"),
)
month = date_format("order_purchase_timestamp", "yyyy-MM").alias("month")
by_month_df = silver_df.groupBy(month).agg(sum("payment_value").alias("revenue")).orderBy("month")
by_category_df = (
    silver_df.groupBy("product_category_name_english")
    .agg(sum("payment_value").alias("revenue"))
    .orderBy(desc("revenue"))
)
by_state_df = silver_df.groupBy("customer_state").agg(sum("payment_value").alias("revenue"))
payment_types_df = silver_df.groupBy("payment_type").agg(sum("payment_value").alias("revenue"))
visuals = {
    "cards": cards_df,
    "revenue_by_month": by_month_df,
    "revenue_by_category": by_category_df,
    "revenue_by_state": by_state_df,
    "payment_types": payment_types_df,
}
for name, visual_df in visuals.items():
    display(visual_df)
    visual_df.write.mode("overwrite").parquet(base + "/gold/" + name)

# COMMAND ----------

# The gold rows for those who want a spreadsheet.
pandas_df = silver_df.toPandas()
pandas_df.to_csv((base + "/gold/olist.csv").removeprefix("file:"), index=False)
