# Databricks notebook source
# MAGIC %md
# MAGIC # The pipeline of examples/ecommerce.medal, written manually
# MAGIC
# MAGIC Optimized for speed by the standards of an experienced Spark developer: each file is scanned once, on all
# MAGIC cores, with known schemas; only the reviews have line breaks in quotes, so only they are read in one piece.
# MAGIC Rows are cached only if two writes need them, after removing duplicates; small sides are broadcast;
# MAGIC independent tables are built in parallel. It writes the same Delta tables (silver, gold, and the rejected rows
# MAGIC with the reason) and checks the same keys. It relies on the order of the columns in the files.

# COMMAND ----------

from concurrent.futures import ThreadPoolExecutor

from delta.tables import DeltaTable
from pyspark.sql import Window
from pyspark.sql import functions as F
from pyspark.sql import types as T

lake = dbutils.widgets.get("lake")

spark.conf.set("spark.sql.session.timeZone", "UTC")
spark.conf.set("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")

PROPERTIES = {
    "delta.minReaderVersion": "1",
    "delta.minWriterVersion": "2",
    "delta.checkpointPolicy": "classic",
    "delta.enableDeletionVectors": "false",
}
ORDER_STATUS = "created approved invoiced processing shipped delivered canceled unavailable".split()
PAYMENT_TYPE = "credit_card boleto voucher debit_card not_defined".split()


def bronze(table, file):
    (load,) = dbutils.fs.ls(f"{lake}/bronze/{table}")
    return f"{load.path}/{file}"


def texts(names):
    return ", ".join(f"{name} STRING" for name in [*names, "_malformed"])


def csv(table, file, names, **options):
    """All values as text; `_malformed` is the line where it has too few or too many fields."""
    reader = spark.read.schema(texts(names)).options(header=True, escape='"', nullValue="\0", columnPruning=False)
    reader = reader.options(lineSep="\n", columnNameOfCorruptRecord="_malformed", **options)
    rows = reader.csv(bronze(table, file)).filter("_malformed IS NULL OR _malformed NOT IN ('', '\r')")
    # The last field, if lines end with CRLF.
    last = F.col(list(names)[-1])
    return rows.withColumn(list(names)[-1], F.when(last != "\r", F.rtrim(last, F.lit("\r"))))


def json(table, file, names):
    return spark.read.schema(texts(names)).json(bronze(table, file), columnNameOfCorruptRecord="_malformed")


def integer(text):
    return text.try_cast("int")


def timestamp(text):
    return F.when(F.length(text) > 10, text.try_cast("timestamp"))


def decimal(text):
    return F.when(~F.lower(text).contains("e"), text.try_cast("decimal(10, 2)"))


def double(text):
    return text.try_cast("double")


def one_of(words):
    return lambda text: F.when(F.trim(text).isin(words), F.trim(text))


def typed(rows, columns, distinct=False):
    """The values, and in `_reason` and `_record` what the quarantine needs of a row that does not fit.

    `distinct` leaves one row of several that fit and are the same.
    """
    problems, values = [], []
    for name, (parse, required) in columns.items():
        text = F.col(name)
        value = parse(text) if parse else text
        values.append(value.alias(name))
        if required:
            problems.append(
                F.when(text.isNull() | (F.trim(text) == "") if parse else text.isNull(), f"{name} is missing")
            )
        if parse:
            problems.append(F.when(value.isNull() & (F.trim(text) != ""), f"{name} does not fit"))
    malformed = F.col("_malformed")
    problem = F.nullif(F.concat_ws("; ", *problems), F.lit(""))
    reason = F.when(malformed.isNotNull(), "malformed record").otherwise(problem) if problems else malformed
    record = F.coalesce(malformed, F.to_json(F.struct(*columns), {"ignoreNullFields": "false"}))
    marked = rows.withColumn("_reason", reason).withColumn("_record", F.when(F.col("_reason").isNotNull(), record))
    marked = marked.select(*values, "_reason", "_record")
    if distinct:
        number = F.when(F.col("_reason").isNotNull(), F.monotonically_increasing_id())
        marked = marked.withColumn("_number", number).distinct().drop("_number")
    return marked.persist()


def require_key(rows, *key):
    repeated = rows.groupBy(*key).count().filter("count > 1").count()
    if repeated > 0:
        raise ValueError(f"{repeated} keys have several rows: {key}")


def fits(marked):
    return marked.filter("_reason IS NULL").drop("_reason", "_record")


def rejects(source, marked):
    rows = marked.filter("_reason IS NOT NULL")
    return rows.selectExpr(f"'{source}' AS source", "_reason AS reason", "_record AS record")


def failed(source, name, rows):
    record = F.to_json(F.struct("*"), {"ignoreNullFields": "false"})
    return rows.select(F.lit(source).alias("source"), F.lit(name).alias("reason"), record.alias("record"))


def write(path, rows, columns):
    folder = f"{lake}/{path}"
    if not DeltaTable.isDeltaTable(spark, folder):
        builder = DeltaTable.create(spark).location(folder).addColumns(T._parse_datatype_string(columns))
        for name, value in PROPERTIES.items():
            builder = builder.property(name, value)
        builder.execute()
    rows.write.format("delta").mode("overwrite").save(folder)


def write_quarantine(table, rows):
    write(f"quarantine/{table}", rows, "source STRING NOT NULL, reason STRING NOT NULL, record STRING")


def read(table):
    return spark.read.format("delta").load(f"{lake}/{table}")


TEXT, TEXT_OR_NULL = (None, True), (None, False)


def tidy(text):
    return F.lower(F.trim(F.regexp_replace(text, r"\s+", " ")))


# COMMAND ----------


def silver_customers():
    columns = dict.fromkeys(
        ["customer_id", "customer_unique_id", "customer_zip_code_prefix", "customer_city", "customer_state"], TEXT
    )
    marked = typed(csv("customers", "olist_customers_dataset.csv", columns), columns, distinct=True)
    require_key(fits(marked), "customer_id")
    write_quarantine("silver/customers", rejects("bronze.customers", marked))
    write(
        "silver/customers",
        fits(marked).select(
            "customer_id",
            "customer_unique_id",
            F.col("customer_zip_code_prefix").alias("zip_prefix"),
            tidy(F.col("customer_city")).alias("city"),
            F.col("customer_state").alias("state"),
        ),
        """customer_id STRING NOT NULL, customer_unique_id STRING NOT NULL, zip_prefix STRING NOT NULL, city STRING
        NOT NULL, state STRING NOT NULL""",
    )
    marked.unpersist()


# COMMAND ----------


def silver_orders():
    columns = {
        "order_id": TEXT,
        "customer_id": TEXT,
        "order_status": (one_of(ORDER_STATUS), True),
        "order_purchase_timestamp": (timestamp, True),
        "order_approved_at": (timestamp, False),
        "order_delivered_carrier_date": (timestamp, False),
        "order_delivered_customer_date": (timestamp, False),
        "order_estimated_delivery_date": (timestamp, True),
    }
    marked = typed(csv("orders", "olist_orders_dataset.csv", columns), columns, distinct=True)
    delivered_after_bought = (
        "order_delivered_customer_date IS NULL OR date(order_delivered_customer_date) >= date(order_purchase_timestamp)"
    )
    require_key(fits(marked).filter(delivered_after_bought), "order_id")
    write_quarantine(
        "silver/orders",
        rejects("bronze.orders", marked).union(
            failed(
                "silver.orders",
                "delivered after bought",
                fits(marked).filter(f"NOT ({delivered_after_bought})"),
            )
        ),
    )
    write(
        "silver/orders",
        fits(marked)
        .filter(delivered_after_bought)
        .selectExpr(
            "order_id",
            "customer_id",
            "order_status AS status",
            "order_purchase_timestamp AS purchased_at",
            "date(order_purchase_timestamp) AS purchased_on",
            "date(order_approved_at) AS approved_on",
            "date(order_delivered_carrier_date) AS shipped_on",
            "date(order_delivered_customer_date) AS delivered_on",
            "date(order_estimated_delivery_date) AS promised_on",
        )
        .selectExpr(
            "*",
            "datediff(delivered_on, purchased_on) AS delivery_days",
            "datediff(promised_on, purchased_on) AS promised_days",
            "datediff(delivered_on, purchased_on) > datediff(promised_on, purchased_on) AS is_late",
        ),
        """order_id STRING NOT NULL, customer_id STRING NOT NULL, status STRING NOT NULL, purchased_at TIMESTAMP NOT
        NULL, purchased_on DATE NOT NULL, approved_on DATE, shipped_on DATE, delivered_on DATE, promised_on DATE
        NOT NULL, delivery_days INT, promised_days INT NOT NULL, is_late BOOLEAN""",
    )
    marked.unpersist()


# COMMAND ----------


def silver_order_items():
    columns = {
        "order_id": TEXT,
        "order_item_id": (integer, True),
        "product_id": TEXT,
        "seller_id": TEXT,
        "shipping_limit_date": (timestamp, True),
        "price": (decimal, True),
        "freight_value": (decimal, True),
    }
    marked = typed(csv("order_items", "olist_order_items_dataset.csv", columns), columns, distinct=True)
    require_key(fits(marked).filter("price > 0"), "order_id", "order_item_id")
    write_quarantine(
        "silver/order_items",
        rejects("bronze.order_items", marked).union(
            failed("silver.order_items", "priced", fits(marked).filter("price <= 0"))
        ),
    )
    write(
        "silver/order_items",
        fits(marked).filter("price > 0").withColumnRenamed("shipping_limit_date", "shipping_limit_at"),
        """order_id STRING NOT NULL, order_item_id INT NOT NULL, product_id STRING NOT NULL, seller_id STRING NOT
        NULL, shipping_limit_at TIMESTAMP NOT NULL, price DECIMAL(10, 2) NOT NULL, freight_value DECIMAL(10, 2)
        NOT NULL""",
    )
    marked.unpersist()


# COMMAND ----------


def silver_payments():
    columns = {
        "order_id": TEXT,
        "payment_sequential": (integer, True),
        "payment_type": (one_of(PAYMENT_TYPE), True),
        "payment_installments": (integer, True),
        "payment_value": (decimal, True),
    }
    marked = typed(json("payments", "public.order_payments.jsonl", columns), columns)
    require_key(fits(marked), "order_id", "payment_sequential")
    payments = fits(marked).filter("payment_type <> 'not_defined'")
    print(payments.filter("payment_value < 0").count(), "payments of less than nothing")
    write_quarantine("silver/payments", rejects("bronze.payments", marked))
    write(
        "silver/payments",
        payments,
        """order_id STRING NOT NULL, payment_sequential INT NOT NULL, payment_type STRING NOT NULL,
        payment_installments INT NOT NULL, payment_value DECIMAL(10, 2) NOT NULL""",
    )
    marked.unpersist()


# COMMAND ----------


def silver_reviews():
    columns = {
        "review_id": TEXT,
        "order_id": TEXT,
        "review_score": (integer, True),
        "review_comment_title": TEXT_OR_NULL,
        "review_comment_message": TEXT_OR_NULL,
        "review_creation_date": (timestamp, True),
        "review_answer_timestamp": (timestamp, True),
    }
    marked = typed(csv("reviews", "olist_order_reviews_dataset.csv", columns, multiLine=True), columns)
    latest = Window.partitionBy("review_id").orderBy(F.desc("review_answer_timestamp"), "order_id", "review_score")
    reviews = fits(marked).withColumn("nth", F.row_number().over(latest)).filter("nth = 1").drop("nth").persist()
    write_quarantine(
        "silver/reviews",
        rejects("bronze.reviews", marked).union(
            failed("silver.reviews", "score from 1 to 5", reviews.filter("review_score NOT BETWEEN 1 AND 5"))
        ),
    )
    write(
        "silver/reviews",
        reviews.filter("review_score BETWEEN 1 AND 5").selectExpr(
            "review_id",
            "order_id",
            "review_score AS score",
            "nullif(trim(review_comment_title), '') AS title",
            "nullif(trim(review_comment_message), '') AS message",
            "date(review_creation_date) AS created_on",
            "timestampdiff(SECOND, review_creation_date, review_answer_timestamp) div 3600 AS answer_hours",
        ),
        """review_id STRING NOT NULL, order_id STRING NOT NULL, score INT NOT NULL, title STRING, message STRING,
        created_on DATE NOT NULL, answer_hours BIGINT NOT NULL""",
    )
    reviews.unpersist()
    marked.unpersist()


# COMMAND ----------


def silver_products():
    columns = {"product_category_name": TEXT, "product_category_name_english": TEXT}
    names = typed(json("category_names", "product_category_translation.jsonl", columns), columns)
    require_key(fits(names), "product_category_name")
    columns = {
        "product_id": TEXT,
        "product_category_name": TEXT_OR_NULL,
        "product_name_lenght": (integer, False),
        "product_description_lenght": (integer, False),
        "product_photos_qty": (integer, False),
        "product_weight_g": (integer, False),
        "product_length_cm": (integer, False),
        "product_height_cm": (integer, False),
        "product_width_cm": (integer, False),
    }
    marked = typed(csv("products", "olist_products_dataset.csv", columns), columns, distinct=True)
    require_key(fits(marked), "product_id")
    write_quarantine(
        "silver/products", rejects("bronze.products", marked).union(rejects("bronze.category_names", names))
    )
    write(
        "silver/products",
        fits(marked)
        .join(F.broadcast(fits(names)), "product_category_name", "left")
        .selectExpr(
            "product_id",
            "coalesce(product_category_name_english, product_category_name, 'unknown') AS category",
            "coalesce(product_photos_qty, 0) AS photos",
            "product_weight_g AS weight_g",
            "product_length_cm * product_height_cm * product_width_cm AS volume_cm3",
        ),
        "product_id STRING NOT NULL, category STRING NOT NULL, photos INT NOT NULL, weight_g INT, volume_cm3 INT",
    )
    marked.unpersist()
    names.unpersist()


# COMMAND ----------


def silver_sellers():
    columns = dict.fromkeys(["seller_id", "seller_zip_code_prefix", "seller_city", "seller_state"], TEXT)
    marked = typed(csv("sellers", "olist_sellers_dataset.csv", columns), columns, distinct=True)
    require_key(fits(marked), "seller_id")
    write_quarantine("silver/sellers", rejects("bronze.sellers", marked))
    write(
        "silver/sellers",
        fits(marked).select(
            "seller_id",
            F.col("seller_zip_code_prefix").alias("zip_prefix"),
            tidy(F.col("seller_city")).alias("city"),
            F.col("seller_state").alias("state"),
        ),
        "seller_id STRING NOT NULL, zip_prefix STRING NOT NULL, city STRING NOT NULL, state STRING NOT NULL",
    )
    marked.unpersist()


# COMMAND ----------


def silver_zip_codes():
    columns = {
        "geolocation_zip_code_prefix": TEXT,
        "geolocation_lat": (double, True),
        "geolocation_lng": (double, True),
        "geolocation_city": TEXT,
        "geolocation_state": TEXT,
    }
    marked = typed(csv("geolocation", "olist_geolocation_dataset.csv", columns), columns, distinct=True)
    write_quarantine("silver/zip_codes", rejects("bronze.geolocation", marked))
    write(
        "silver/zip_codes",
        fits(marked)
        .filter("geolocation_lat BETWEEN -34 AND 6 AND geolocation_lng BETWEEN -74 AND -34")
        .groupBy(F.col("geolocation_zip_code_prefix").alias("zip_prefix"))
        .agg(
            F.median("geolocation_lat").alias("latitude"),
            F.median("geolocation_lng").alias("longitude"),
            F.min("geolocation_state").alias("state"),
            F.count("*").alias("points"),
        ),
        """zip_prefix STRING NOT NULL, latitude DOUBLE NOT NULL, longitude DOUBLE NOT NULL, state STRING NOT NULL,
        points BIGINT NOT NULL""",
    )
    marked.unpersist()


# COMMAND ----------


def gold_order_lines():
    columns = {"state": TEXT, "name": TEXT, "region": TEXT}
    states = typed(json("states", "states.jsonl", columns), columns)
    require_key(fits(states), "state")
    items, orders, customers = (read(f"silver/{table}") for table in ["order_items", "orders", "customers"])
    products = read("silver/products").select("product_id", "category")
    sellers = read("silver/sellers").selectExpr("seller_id", "state AS seller_state")
    regions = fits(states).selectExpr("state AS customer_state", "region")
    write_quarantine("gold/order_lines", rejects("bronze.states", states))
    write(
        "gold/order_lines",
        items.join(orders.join(customers, "customer_id").withColumnRenamed("state", "customer_state"), "order_id")
        .join(F.broadcast(products), "product_id", "left")
        .join(F.broadcast(sellers), "seller_id", "left")
        .join(F.broadcast(regions), "customer_state", "left")
        .selectExpr(
            "order_id",
            "order_item_id",
            "status",
            "purchased_on",
            "delivery_days",
            "is_late",
            "customer_unique_id",
            "city AS customer_city",
            "customer_state",
            "coalesce(region, 'unknown') AS region",
            "product_id",
            "coalesce(category, 'unknown') AS category",
            "seller_id",
            "seller_state",
            "price",
            "freight_value",
            "price + freight_value AS total",
        ),
        """order_id STRING NOT NULL, order_item_id INT NOT NULL, status STRING NOT NULL, purchased_on DATE NOT NULL,
        delivery_days INT, is_late BOOLEAN, customer_unique_id STRING NOT NULL, customer_city STRING NOT NULL,
        customer_state STRING NOT NULL, region STRING NOT NULL, product_id STRING NOT NULL, category STRING NOT
        NULL, seller_id STRING NOT NULL, seller_state STRING, price DECIMAL(10, 2) NOT NULL, freight_value
        DECIMAL(10, 2) NOT NULL, total DECIMAL(11, 2) NOT NULL""",
    )
    states.unpersist()


# COMMAND ----------


def gold_order_payments():
    write(
        "gold/order_payments",
        read("silver/payments")
        .groupBy("order_id")
        .agg(
            F.sum("payment_value").alias("paid"),
            F.count("*").alias("parts"),
            F.max("payment_installments").alias("max_installments"),
            F.expr("sum(payment_value) FILTER (WHERE payment_type = 'credit_card') AS paid_by_card"),
        ),
        """order_id STRING NOT NULL, paid DECIMAL(20, 2) NOT NULL, parts BIGINT NOT NULL, max_installments INT NOT
        NULL, paid_by_card DECIMAL(20, 2)""",
    )


# COMMAND ----------


def gold_orders():
    orders = read("silver/orders")
    lines = read("gold/order_lines")
    sold = lines.groupBy("order_id").agg(
        F.count("*").alias("items"), F.sum("price").alias("sold"), F.sum("freight_value").alias("freight")
    )
    write(
        "gold/orders",
        sold.join(orders, "order_id")
        .join(read("gold/order_payments"), "order_id", "left")
        .selectExpr(
            "order_id",
            "customer_id",
            "status",
            "purchased_on",
            "delivery_days",
            "is_late",
            "items",
            "sold",
            "freight",
            "coalesce(paid, 0.00BD) AS paid",
            "coalesce(paid, 0.00BD) - sold - freight AS difference",
        ),
        """order_id STRING NOT NULL, customer_id STRING NOT NULL, status STRING NOT NULL, purchased_on DATE NOT NULL,
        delivery_days INT, is_late BOOLEAN, items BIGINT NOT NULL, sold DECIMAL(20, 2) NOT NULL, freight
        DECIMAL(20, 2) NOT NULL, paid DECIMAL(20, 2) NOT NULL, difference DECIMAL(22, 2) NOT NULL""",
    )


# COMMAND ----------


def valid_lines():
    return read("gold/order_lines").filter("status NOT IN ('canceled', 'unavailable')")


def gold_revenue_by_month():
    write(
        "gold/revenue_by_month",
        valid_lines()
        .groupBy(F.expr("date(trunc(purchased_on, 'month')) AS month"), "customer_state")
        .agg(
            F.sum("price").alias("revenue"),
            F.sum("freight_value").alias("freight"),
            F.countDistinct("order_id").alias("orders"),
            F.count("*").alias("items"),
        )
        .orderBy("month", "customer_state"),
        """month DATE NOT NULL, customer_state STRING NOT NULL, revenue DECIMAL(20, 2) NOT NULL, freight DECIMAL(20,
        2) NOT NULL, orders BIGINT NOT NULL, items BIGINT NOT NULL""",
    )


# COMMAND ----------


def gold_revenue_by_category():
    write(
        "gold/revenue_by_category",
        valid_lines()
        .groupBy("category")
        .agg(
            F.sum("price").alias("revenue"),
            F.avg("price").alias("average_price"),
            F.countDistinct("order_id").alias("orders"),
            F.count("*").alias("items"),
        )
        .orderBy(F.desc("revenue")),
        """category STRING NOT NULL, revenue DECIMAL(20, 2) NOT NULL, average_price DECIMAL(14, 6) NOT NULL, orders
        BIGINT NOT NULL, items BIGINT NOT NULL""",
    )


# COMMAND ----------


def gold_delivery_performance():
    orders, customers = read("silver/orders"), read("silver/customers")
    write(
        "gold/delivery_performance",
        orders.filter("delivered_on IS NOT NULL")
        .join(customers, "customer_id")
        .groupBy("state")
        .agg(
            F.count("*").alias("delivered"),
            F.count_if("is_late").alias("late"),
            F.expr("count_if(is_late) / count(*) AS late_share"),
            F.avg("delivery_days").alias("average_days"),
            F.max("delivery_days").alias("slowest_days"),
            F.median("delivery_days").alias("median_days"),
        ),
        """state STRING NOT NULL, delivered BIGINT NOT NULL, late BIGINT NOT NULL, late_share DOUBLE, average_days
        DOUBLE, slowest_days INT, median_days DOUBLE""",
    )


# COMMAND ----------


def gold_customers():
    lines = read("gold/order_lines")
    write(
        "gold/customers",
        lines.groupBy("customer_unique_id")
        .agg(
            F.countDistinct("order_id").alias("orders"),
            F.count("*").alias("items"),
            F.sum("total").alias("spent"),
            F.min("purchased_on").alias("first_bought"),
            F.max("purchased_on").alias("last_bought"),
            F.countDistinct("customer_city").alias("cities"),
        )
        .selectExpr(
            "*",
            "CASE WHEN spent >= 1000 THEN 'gold' WHEN spent >= 200 THEN 'silver' ELSE 'bronze' END AS segment",
            "orders > 1 AS is_returning",
        ),
        """customer_unique_id STRING NOT NULL, orders BIGINT NOT NULL, items BIGINT NOT NULL, spent DECIMAL(21, 2)
        NOT NULL, first_bought DATE NOT NULL, last_bought DATE NOT NULL, cities BIGINT NOT NULL, segment STRING
        NOT NULL, is_returning BOOLEAN NOT NULL""",
    )


# COMMAND ----------


def gold_top_sellers():
    lines = read("gold/order_lines")
    write(
        "gold/top_sellers",
        lines.groupBy("seller_id", "seller_state")
        .agg(F.sum("price").alias("revenue"), F.countDistinct("order_id").alias("orders"), F.count("*").alias("items"))
        .orderBy(F.desc("revenue"), "seller_id")
        .limit(10),
        """seller_id STRING NOT NULL, seller_state STRING, revenue DECIMAL(20, 2) NOT NULL, orders BIGINT NOT NULL,
        items BIGINT NOT NULL""",
    )


# COMMAND ----------


def together(*tables):
    """While one table is computed, another's plan is made and a third one's commit written."""
    with ThreadPoolExecutor(4) as pool:
        for running in [pool.submit(table) for table in tables]:
            running.result()


together(
    silver_zip_codes,
    silver_orders,
    silver_order_items,
    silver_customers,
    silver_reviews,
    silver_payments,
    silver_products,
    silver_sellers,
)
together(gold_order_lines, gold_order_payments, gold_delivery_performance)
together(gold_orders, gold_customers, gold_revenue_by_month, gold_revenue_by_category, gold_top_sellers)
