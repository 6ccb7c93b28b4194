-- The pipeline of examples/ecommerce.medal as somebody who knows DuckDB well would write it for speed alone: one scan a
-- file, types given to the CSV reader, records that do not fit left out by it, no checks, no quarantine, no log.
-- $data, $reference and $lake are folders. Each statement writes one table's Parquet file.

COPY (
  SELECT DISTINCT customer_id, customer_unique_id, customer_zip_code_prefix AS zip_prefix,
    lower(trim(regexp_replace(customer_city, ' +', ' ', 'g'))) AS city, customer_state AS state
  FROM read_csv('$data/http/olist_customers_dataset.csv', header = true, ignore_errors = true, auto_detect = false, quote = '"', columns = {
    customer_id: 'VARCHAR', customer_unique_id: 'VARCHAR', customer_zip_code_prefix: 'VARCHAR', customer_city: 'VARCHAR',
    customer_state: 'VARCHAR'})
  WHERE customer_id IS NOT NULL AND customer_unique_id IS NOT NULL AND customer_zip_code_prefix IS NOT NULL
    AND customer_city IS NOT NULL AND customer_state IS NOT NULL
) TO '$lake/silver.customers.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (
  SELECT order_id, customer_id, status, CAST(purchased_at AS TIMESTAMPTZ) AS purchased_at, purchased_on, approved_on,
    shipped_on, delivered_on, promised_on, delivered_on - purchased_on AS delivery_days,
    promised_on - purchased_on AS promised_days, delivered_on > promised_on AS is_late
  FROM (
    SELECT *, CAST(purchased_at AS DATE) AS purchased_on, CAST(approved_at AS DATE) AS approved_on,
      CAST(shipped_at AS DATE) AS shipped_on, CAST(delivered_at AS DATE) AS delivered_on,
      CAST(promised_at AS DATE) AS promised_on
    FROM (
      SELECT DISTINCT *
      FROM read_csv('$data/http/olist_orders_dataset.csv', header = true, ignore_errors = true, auto_detect = false, quote = '"', columns = {
        order_id: 'VARCHAR', customer_id: 'VARCHAR', status: 'VARCHAR', purchased_at: 'TIMESTAMP',
        approved_at: 'TIMESTAMP', shipped_at: 'TIMESTAMP', delivered_at: 'TIMESTAMP', promised_at: 'TIMESTAMP'})
      WHERE order_id IS NOT NULL AND customer_id IS NOT NULL AND purchased_at IS NOT NULL AND promised_at IS NOT NULL
        AND status IN ('created', 'approved', 'invoiced', 'processing', 'shipped', 'delivered', 'canceled', 'unavailable')
    )
  )
  WHERE delivered_on IS NULL OR delivered_on >= purchased_on
) TO '$lake/silver.orders.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (
  SELECT DISTINCT order_id, order_item_id, product_id, seller_id, CAST(shipping_limit_at AS TIMESTAMPTZ) AS shipping_limit_at,
    price, freight_value
  FROM read_csv('$data/http/olist_order_items_dataset.csv', header = true, ignore_errors = true, auto_detect = false, quote = '"', columns = {
    order_id: 'VARCHAR', order_item_id: 'INTEGER', product_id: 'VARCHAR', seller_id: 'VARCHAR',
    shipping_limit_at: 'TIMESTAMP', price: 'DECIMAL(10, 2)', freight_value: 'DECIMAL(10, 2)'})
  WHERE order_id IS NOT NULL AND order_item_id IS NOT NULL AND product_id IS NOT NULL AND seller_id IS NOT NULL
    AND shipping_limit_at IS NOT NULL AND freight_value IS NOT NULL AND price > 0
) TO '$lake/silver.order_items.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (
  SELECT order_id, payment_sequential, payment_type, payment_installments, payment_value
  FROM read_json('$data/erp/public.order_payments.jsonl', format = 'newline_delimited', ignore_errors = true, columns = {
    order_id: 'VARCHAR', payment_sequential: 'INTEGER', payment_type: 'VARCHAR', payment_installments: 'INTEGER',
    payment_value: 'DECIMAL(10, 2)'})
  WHERE order_id IS NOT NULL AND payment_sequential IS NOT NULL AND payment_installments IS NOT NULL
    AND payment_value IS NOT NULL AND payment_type IN ('credit_card', 'boleto', 'voucher', 'debit_card')
) TO '$lake/silver.payments.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (
  SELECT review_id, order_id, score, nullif(trim(title), '') AS title, nullif(trim(message), '') AS message,
    CAST(created_at AS DATE) AS created_on, date_diff('second', created_at, answered_at) // 3600 AS answer_hours
  FROM (
    SELECT *
    FROM read_csv('$data/http/olist_order_reviews_dataset.csv', header = true, ignore_errors = true, auto_detect = false, quote = '"', columns = {
      review_id: 'VARCHAR', order_id: 'VARCHAR', score: 'INTEGER', title: 'VARCHAR', message: 'VARCHAR',
      created_at: 'TIMESTAMP', answered_at: 'TIMESTAMP'})
    WHERE review_id IS NOT NULL AND order_id IS NOT NULL AND score IS NOT NULL AND created_at IS NOT NULL AND answered_at IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY review_id ORDER BY answered_at DESC) = 1
  )
  WHERE score BETWEEN 1 AND 5
) TO '$lake/silver.reviews.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (
  SELECT p.product_id, coalesce(n.product_category_name_english, p.category, 'unknown') AS category,
    coalesce(p.photos, 0) AS photos, p.weight_g, CAST(p.length_cm * p.height_cm * p.width_cm AS INTEGER) AS volume_cm3
  FROM (
    SELECT DISTINCT *
    FROM read_csv('$data/http/olist_products_dataset.csv', header = true, ignore_errors = true, auto_detect = false, quote = '"', columns = {
      product_id: 'VARCHAR', category: 'VARCHAR', name_length: 'INTEGER', description_length: 'INTEGER', photos: 'INTEGER',
      weight_g: 'INTEGER', length_cm: 'INTEGER', height_cm: 'INTEGER', width_cm: 'INTEGER'})
    WHERE product_id IS NOT NULL
  ) AS p
  LEFT JOIN read_json('$data/catalog/product_category_translation.jsonl', format = 'newline_delimited', ignore_errors = true, columns = {
    product_category_name: 'VARCHAR', product_category_name_english: 'VARCHAR'}) AS n ON n.product_category_name = p.category
) TO '$lake/silver.products.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (
  SELECT DISTINCT seller_id, zip_prefix, lower(trim(regexp_replace(city, ' +', ' ', 'g'))) AS city, state
  FROM read_csv('$data/http/olist_sellers_dataset.csv', header = true, ignore_errors = true, auto_detect = false, quote = '"', columns = {
    seller_id: 'VARCHAR', zip_prefix: 'VARCHAR', city: 'VARCHAR', state: 'VARCHAR'})
  WHERE seller_id IS NOT NULL AND zip_prefix IS NOT NULL AND city IS NOT NULL AND state IS NOT NULL
) TO '$lake/silver.sellers.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (
  SELECT zip_prefix, median(lat) AS latitude, median(lng) AS longitude, min(state) AS state, count(*) AS points
  FROM (
    SELECT DISTINCT *
    FROM read_csv('$data/http/olist_geolocation_dataset.csv', header = true, ignore_errors = true, auto_detect = false, quote = '"', columns = {
      zip_prefix: 'VARCHAR', lat: 'DOUBLE', lng: 'DOUBLE', city: 'VARCHAR', state: 'VARCHAR'})
    WHERE zip_prefix IS NOT NULL AND city IS NOT NULL AND state IS NOT NULL
      AND lat BETWEEN -34.0 AND 6.0 AND lng BETWEEN -74.0 AND -34.0
  )
  GROUP BY zip_prefix
) TO '$lake/silver.zip_codes.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (
  SELECT i.order_id, i.order_item_id, o.status, o.purchased_on, o.delivery_days, o.is_late, c.customer_unique_id,
    c.city AS customer_city, c.state AS customer_state, coalesce(r.region, 'unknown') AS region, i.product_id,
    coalesce(p.category, 'unknown') AS category, i.seller_id, s.state AS seller_state, i.price, i.freight_value,
    CAST(i.price + i.freight_value AS DECIMAL(11, 2)) AS total
  FROM '$lake/silver.order_items.parquet' AS i
  JOIN '$lake/silver.orders.parquet' AS o ON o.order_id = i.order_id
  JOIN '$lake/silver.customers.parquet' AS c ON c.customer_id = o.customer_id
  LEFT JOIN '$lake/silver.products.parquet' AS p ON p.product_id = i.product_id
  LEFT JOIN '$lake/silver.sellers.parquet' AS s ON s.seller_id = i.seller_id
  LEFT JOIN read_json('$reference/states.jsonl', format = 'newline_delimited', ignore_errors = true, columns = {
    state: 'VARCHAR', name: 'VARCHAR', region: 'VARCHAR'}) AS r ON r.state = c.state
) TO '$lake/gold.order_lines.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (
  SELECT order_id, CAST(sum(payment_value) AS DECIMAL(20, 2)) AS paid, count(*) AS parts,
    max(payment_installments) AS max_installments,
    CAST(sum(payment_value) FILTER (WHERE payment_type = 'credit_card') AS DECIMAL(20, 2)) AS paid_by_card
  FROM '$lake/silver.payments.parquet'
  GROUP BY order_id
) TO '$lake/gold.order_payments.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (
  SELECT l.order_id, o.customer_id, o.status, o.purchased_on, o.delivery_days, o.is_late, l.items, l.sold, l.freight,
    coalesce(p.paid, 0.00) AS paid, CAST(coalesce(p.paid, 0.00) - l.sold - l.freight AS DECIMAL(22, 2)) AS difference
  FROM (
    SELECT order_id, count(*) AS items, CAST(sum(price) AS DECIMAL(20, 2)) AS sold,
      CAST(sum(freight_value) AS DECIMAL(20, 2)) AS freight
    FROM '$lake/gold.order_lines.parquet'
    GROUP BY order_id
  ) AS l
  JOIN '$lake/silver.orders.parquet' AS o ON o.order_id = l.order_id
  LEFT JOIN '$lake/gold.order_payments.parquet' AS p ON p.order_id = l.order_id
) TO '$lake/gold.orders.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (
  SELECT CAST(date_trunc('month', purchased_on) AS DATE) AS month, customer_state, CAST(sum(price) AS DECIMAL(20, 2)) AS revenue,
    CAST(sum(freight_value) AS DECIMAL(20, 2)) AS freight, count(DISTINCT order_id) AS orders, count(*) AS items
  FROM '$lake/gold.order_lines.parquet'
  WHERE status NOT IN ('canceled', 'unavailable')
  GROUP BY 1, 2
  ORDER BY 1, 2
) TO '$lake/gold.revenue_by_month.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (
  SELECT category, CAST(sum(price) AS DECIMAL(20, 2)) AS revenue, CAST(avg(price) AS DECIMAL(14, 6)) AS average_price,
    count(DISTINCT order_id) AS orders, count(*) AS items
  FROM '$lake/gold.order_lines.parquet'
  WHERE status NOT IN ('canceled', 'unavailable')
  GROUP BY category
  ORDER BY revenue DESC
) TO '$lake/gold.revenue_by_category.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (
  SELECT c.state, count(*) AS delivered, count_if(o.is_late) AS late, count_if(o.is_late) / count(*) AS late_share,
    avg(o.delivery_days) AS average_days, max(o.delivery_days) AS slowest_days, median(o.delivery_days) AS median_days
  FROM '$lake/silver.orders.parquet' AS o
  JOIN '$lake/silver.customers.parquet' AS c ON c.customer_id = o.customer_id
  WHERE o.delivered_on IS NOT NULL
  GROUP BY c.state
) TO '$lake/gold.delivery_performance.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (
  SELECT *, CASE WHEN spent >= 1000 THEN 'gold' WHEN spent >= 200 THEN 'silver' ELSE 'bronze' END AS segment,
    orders > 1 AS is_returning
  FROM (
    SELECT customer_unique_id, count(DISTINCT order_id) AS orders, count(*) AS items,
      CAST(sum(total) AS DECIMAL(21, 2)) AS spent, min(purchased_on) AS first_bought, max(purchased_on) AS last_bought,
      count(DISTINCT customer_city) AS cities
    FROM '$lake/gold.order_lines.parquet'
    GROUP BY customer_unique_id
  )
) TO '$lake/gold.customers.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (
  SELECT seller_id, seller_state, CAST(sum(price) AS DECIMAL(20, 2)) AS revenue, count(DISTINCT order_id) AS orders,
    count(*) AS items
  FROM '$lake/gold.order_lines.parquet'
  GROUP BY seller_id, seller_state
  ORDER BY revenue DESC, seller_id
  LIMIT 10
) TO '$lake/gold.top_sellers.parquet' (FORMAT parquet, COMPRESSION zstd);
