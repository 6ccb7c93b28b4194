# Databricks notebook source
# MAGIC %md
# MAGIC # The notebook that examples/ecommerce.medal replaces
# MAGIC
# MAGIC In the typical style of such notebooks: inferred schemas, MongoDB through pandas, a display and a count after
# MAGIC each step, nothing cached, one join of everything for all numbers. It writes the same sixteen tables, as
# MAGIC Parquet, and a spreadsheet. It repeats payments for each item of an order and items for each payment, so its
# MAGIC revenue is too high; it checks nothing and rejects nothing: invalid values become null.
# MAGIC
# MAGIC The storage is a folder instead of a mounted container; MongoDB's documents come from a file instead of a
# MAGIC server.

# COMMAND ----------

import json

import pandas as pd
from pyspark.sql.functions import (
    avg,
    coalesce,
    col,
    count,
    countDistinct,
    datediff,
    desc,
    expr,
    lit,
    lower,
    max,
    median,
    min,
    regexp_replace,
    sum,
    to_date,
    trim,
    trunc,
    when,
)

base = dbutils.widgets.get("lake")
bronze = base + "/bronze/"

# COMMAND ----------

customers_df = (
    spark.read.option("header", "true").option("inferSchema", "true").csv(bronze + "olist_customers_dataset.csv")
)
geolocation_df = (
    spark.read.option("header", "true").option("inferSchema", "true").csv(bronze + "olist_geolocation_dataset.csv")
)
items_df = (
    spark.read.option("header", "true").option("inferSchema", "true").csv(bronze + "olist_order_items_dataset.csv")
)
payments_df = spark.read.option("header", "true").option("inferSchema", "true").csv(bronze + "olist_order_payments.csv")
reviews_df = (
    spark.read.option("header", "true")
    .option("inferSchema", "true")
    .option("multiLine", "true")
    .option("escape", '"')
    .csv(bronze + "olist_order_reviews_dataset.csv")
)
orders_df = spark.read.option("header", "true").option("inferSchema", "true").csv(bronze + "olist_orders_dataset.csv")
products_df = (
    spark.read.option("header", "true").option("inferSchema", "true").csv(bronze + "olist_products_dataset.csv")
)
sellers_df = spark.read.option("header", "true").option("inferSchema", "true").csv(bronze + "olist_sellers_dataset.csv")

# COMMAND ----------

# mongo_data = pd.DataFrame(list(collection.find({})))
with open((bronze + "product_category_translation.jsonl").removeprefix("file:"), encoding="utf-8") as documents:
    mongo_data = pd.DataFrame([json.loads(document) for document in documents])
mongo_data.drop("_id", axis=1, inplace=True)
mongo_spark_df = spark.createDataFrame(mongo_data)
display(mongo_spark_df)

states_df = spark.createDataFrame(pd.read_json((bronze + "states.jsonl").removeprefix("file:"), lines=True))
display(states_df)

# COMMAND ----------


def save(df, name):
    display(df)
    df.write.mode("overwrite").parquet(base + "/" + name)


def clean_dataframe(df, name):
    print("Cleaning " + name, df.count(), "rows")
    df = df.dropDuplicates().na.drop("all")
    print("Cleaned " + name, df.count(), "rows")
    display(df)
    return df


# COMMAND ----------

customers_df = clean_dataframe(customers_df, "Customers")
customers_df = customers_df.withColumn("customer_city", lower(trim(regexp_replace("customer_city", r"\s+", " "))))
save(customers_df, "silver/customers")

# COMMAND ----------

orders_df = clean_dataframe(orders_df, "Orders")
orders_df = (
    orders_df.withColumn("purchased_on", to_date(col("order_purchase_timestamp").try_cast("timestamp")))
    .withColumn("approved_on", to_date(col("order_approved_at").try_cast("timestamp")))
    .withColumn("shipped_on", to_date(col("order_delivered_carrier_date").try_cast("timestamp")))
    .withColumn("delivered_on", to_date(col("order_delivered_customer_date").try_cast("timestamp")))
    .withColumn("promised_on", to_date(col("order_estimated_delivery_date").try_cast("timestamp")))
)
orders_df = orders_df.withColumn("delivery_days", datediff("delivered_on", "purchased_on"))
orders_df = orders_df.withColumn("promised_days", datediff("promised_on", "purchased_on"))
orders_df = orders_df.withColumn("is_late", when(col("delivery_days") > col("promised_days"), True).otherwise(False))
orders_df = orders_df.withColumn("is_late", when(col("delivery_days").isNotNull(), col("is_late")))
save(orders_df, "silver/orders")

# COMMAND ----------

items_df = clean_dataframe(items_df, "Order items")
items_df = items_df.withColumn("price", col("price").try_cast("double"))
items_df = items_df.withColumn("freight_value", col("freight_value").try_cast("double"))
save(items_df, "silver/order_items")

# COMMAND ----------

payments_df = clean_dataframe(payments_df, "Payments")
payments_df = payments_df.withColumn("payment_value", col("payment_value").try_cast("double"))
payments_df = payments_df.withColumn("payment_installments", col("payment_installments").try_cast("int"))
save(payments_df, "silver/payments")

# COMMAND ----------

reviews_df = clean_dataframe(reviews_df, "Reviews")
reviews_df = reviews_df.orderBy(desc("review_answer_timestamp")).dropDuplicates(["review_id"])
reviews_df = reviews_df.withColumn("created_on", to_date(col("review_creation_date").try_cast("timestamp")))
save(reviews_df, "silver/reviews")

# COMMAND ----------

products_df = clean_dataframe(products_df, "Products")
products_df = products_df.join(mongo_spark_df, "product_category_name", "left")
products_df = products_df.withColumn(
    "category", coalesce("product_category_name_english", "product_category_name", lit("unknown"))
)
save(products_df, "silver/products")

# COMMAND ----------

sellers_df = clean_dataframe(sellers_df, "Sellers")
sellers_df = sellers_df.withColumn("seller_city", lower(trim(regexp_replace("seller_city", r"\s+", " "))))
save(sellers_df, "silver/sellers")

# COMMAND ----------

geolocation_df = clean_dataframe(geolocation_df, "Geolocation")
zip_codes_df = geolocation_df.groupBy("geolocation_zip_code_prefix").agg(
    median(col("geolocation_lat").try_cast("double")).alias("latitude"),
    median(col("geolocation_lng").try_cast("double")).alias("longitude"),
    min("geolocation_state").alias("state"),
    count("*").alias("points"),
)
save(zip_codes_df, "silver/zip_codes")

# COMMAND ----------

# MAGIC %md
# MAGIC ## One table of everything

# COMMAND ----------

orders_customers_df = orders_df.join(customers_df, orders_df.customer_id == customers_df.customer_id, "left").drop(
    customers_df.customer_id
)
orders_payments_df = orders_customers_df.join(payments_df, "order_id", "left")
orders_items_df = orders_payments_df.join(items_df, "order_id", "left")
orders_items_products_df = orders_items_df.join(products_df, "product_id", "left")
final_df = orders_items_products_df.join(sellers_df, "seller_id", "left")
final_df = final_df.join(states_df, final_df.customer_state == states_df.state, "left")
display(final_df)
print(final_df.count(), len(final_df.columns))

# COMMAND ----------

final_df.write.mode("overwrite").parquet(base + "/silver/everything")

# COMMAND ----------

# MAGIC %md
# MAGIC ## Gold

# COMMAND ----------

silver_df = spark.read.parquet(base + "/silver/everything")
display(silver_df)
print(silver_df.count())

# COMMAND ----------

order_lines_df = silver_df.filter(col("order_item_id").isNotNull()).select(
    "order_id",
    "order_item_id",
    "order_status",
    "purchased_on",
    "delivery_days",
    "is_late",
    "customer_unique_id",
    "customer_city",
    "customer_state",
    "region",
    "product_id",
    "category",
    "seller_id",
    "seller_state",
    "price",
    "freight_value",
    (col("price") + col("freight_value")).alias("total"),
)
save(order_lines_df.dropDuplicates(), "gold/order_lines")

# COMMAND ----------

payments_by_order_df = silver_df.groupBy("order_id").agg(
    sum("payment_value").alias("paid"),
    count("payment_sequential").alias("parts"),
    max("payment_installments").alias("max_installments"),
    sum(when(col("payment_type") == "credit_card", col("payment_value"))).alias("paid_by_card"),
)
save(payments_by_order_df, "gold/order_payments")

# COMMAND ----------

orders_gold_df = silver_df.groupBy(
    "order_id", "customer_id", "order_status", "purchased_on", "delivery_days", "is_late"
).agg(
    count("order_item_id").alias("items"),
    sum("price").alias("sold"),
    sum("freight_value").alias("freight"),
    sum("payment_value").alias("paid"),
)
orders_gold_df = orders_gold_df.withColumn("difference", col("paid") - col("sold") - col("freight"))
save(orders_gold_df, "gold/orders")

# COMMAND ----------

sold_df = silver_df.filter(~col("order_status").isin("canceled", "unavailable"))
revenue_by_month_df = (
    sold_df.groupBy(trunc("purchased_on", "month").alias("month"), "customer_state")
    .agg(
        sum("payment_value").alias("revenue"),
        sum("freight_value").alias("freight"),
        countDistinct("order_id").alias("orders"),
        count("order_item_id").alias("items"),
    )
    .orderBy("month", "customer_state")
)
save(revenue_by_month_df, "gold/revenue_by_month")

# COMMAND ----------

revenue_by_category_df = (
    sold_df.groupBy("category")
    .agg(
        sum("payment_value").alias("revenue"),
        avg("price").alias("average_price"),
        countDistinct("order_id").alias("orders"),
        count("order_item_id").alias("items"),
    )
    .orderBy(desc("revenue"))
)
save(revenue_by_category_df, "gold/revenue_by_category")

# COMMAND ----------

delivered_df = silver_df.filter(col("delivered_on").isNotNull())
delivery_performance_df = delivered_df.groupBy("customer_state").agg(
    countDistinct("order_id").alias("delivered"),
    expr("count(DISTINCT order_id) FILTER (WHERE is_late)").alias("late"),
    avg("delivery_days").alias("average_days"),
    max("delivery_days").alias("slowest_days"),
    median("delivery_days").alias("median_days"),
)
save(delivery_performance_df, "gold/delivery_performance")

# COMMAND ----------

customers_gold_df = silver_df.groupBy("customer_unique_id").agg(
    countDistinct("order_id").alias("orders"),
    count("order_item_id").alias("items"),
    sum("payment_value").alias("spent"),
    min("purchased_on").alias("first_bought"),
    max("purchased_on").alias("last_bought"),
    countDistinct("customer_city").alias("cities"),
)
customers_gold_df = customers_gold_df.withColumn(
    "segment", when(col("spent") >= 1000, "gold").when(col("spent") >= 200, "silver").otherwise("bronze")
)
save(customers_gold_df, "gold/customers")

# COMMAND ----------

top_sellers_df = (
    silver_df.groupBy("seller_id", "seller_state")
    .agg(
        sum("payment_value").alias("revenue"),
        countDistinct("order_id").alias("orders"),
        count("order_item_id").alias("items"),
    )
    .orderBy(desc("revenue"))
    .limit(10)
)
save(top_sellers_df, "gold/top_sellers")

# COMMAND ----------

# The rows as a spreadsheet.
pandas_df = silver_df.toPandas()
pandas_df.to_csv((base + "/gold/olist.csv").removeprefix("file:"), index=False)
