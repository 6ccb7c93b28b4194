-- The pipeline of examples/ecommerce.medal, optimized for speed by the standards of an experienced DuckDB developer: each
-- file is read once, into a table in memory; malformed records go to the reader's rejects table, and the reader converts
-- types if it accepts the same values as the pipeline. It writes the same Parquet files: silver, gold, and the rejected
-- rows with the reason. No keys are checked, nothing is copied, no log is written.
-- $data, $reference and $lake are folders. Each COPY writes one table's file.

CREATE TEMP TABLE customers AS
SELECT *,
  customer_id IS NOT NULL AND customer_unique_id IS NOT NULL AND customer_zip_code_prefix IS NOT NULL AND
    customer_city IS NOT NULL AND customer_state IS NOT NULL AS fits
FROM read_csv('$data/http/olist_customers_dataset.csv', header = true, auto_detect = false, quote = '"',
  allow_quoted_nulls = false, store_rejects = true, rejects_table = 'customers_rejects', rejects_scan = 'customers_scan',
  columns = {
    customer_id: 'VARCHAR', customer_unique_id: 'VARCHAR', customer_zip_code_prefix: 'VARCHAR',
    customer_city: 'VARCHAR', customer_state: 'VARCHAR'});

COPY (
  SELECT DISTINCT customer_id, customer_unique_id, customer_zip_code_prefix AS zip_prefix,
    lower(trim(regexp_replace(customer_city, '\s+', ' ', 'g'))) AS city, customer_state AS state
  FROM customers WHERE fits
) TO '$lake/silver.customers.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (
  SELECT 'bronze.customers' AS source, concat_ws('; ',
    if(customer_id IS NULL, 'customer_id is missing', NULL),
    if(customer_unique_id IS NULL, 'customer_unique_id is missing', NULL),
    if(customer_zip_code_prefix IS NULL, 'customer_zip_code_prefix is missing', NULL),
    if(customer_city IS NULL, 'customer_city is missing', NULL),
    if(customer_state IS NULL, 'customer_state is missing', NULL)) AS reason,
    CAST(to_json({
      customer_id: customer_id, customer_unique_id: customer_unique_id,
      customer_zip_code_prefix: customer_zip_code_prefix, customer_city: customer_city,
      customer_state: customer_state}) AS VARCHAR) AS record
  FROM customers WHERE fits IS NOT TRUE
  UNION ALL
  SELECT 'bronze.customers', string_agg(error_message, '; '), any_value(csv_line) FROM customers_rejects GROUP BY line
) TO '$lake/quarantine.silver.customers.parquet' (FORMAT parquet, COMPRESSION zstd);

DROP TABLE customers;

CREATE TEMP TABLE orders AS
SELECT *, trim(status_text) AS status,
  TRY_CAST(purchased_at_text AS TIMESTAMP) AS purchased_at, TRY_CAST(approved_at_text AS TIMESTAMP) AS approved_at,
  TRY_CAST(shipped_at_text AS TIMESTAMP) AS shipped_at, TRY_CAST(delivered_at_text AS TIMESTAMP) AS delivered_at,
  TRY_CAST(promised_at_text AS TIMESTAMP) AS promised_at,
  order_id IS NOT NULL AND customer_id IS NOT NULL AND purchased_at IS NOT NULL AND promised_at IS NOT NULL AND
    status IN ('created', 'approved', 'invoiced', 'processing', 'shipped', 'delivered', 'canceled', 'unavailable') AND
    (approved_at IS NOT NULL OR coalesce(trim(approved_at_text), '') = '') AND
    (shipped_at IS NOT NULL OR coalesce(trim(shipped_at_text), '') = '') AND
    (delivered_at IS NOT NULL OR coalesce(trim(delivered_at_text), '') = '') AS fits
FROM read_csv('$data/http/olist_orders_dataset.csv', header = true, auto_detect = false, quote = '"',
  allow_quoted_nulls = false, store_rejects = true, rejects_table = 'orders_rejects', rejects_scan = 'orders_scan',
  columns = {
    order_id: 'VARCHAR', customer_id: 'VARCHAR', status_text: 'VARCHAR', purchased_at_text: 'VARCHAR',
    approved_at_text: 'VARCHAR', shipped_at_text: 'VARCHAR', delivered_at_text: 'VARCHAR', promised_at_text: 'VARCHAR'});

CREATE TEMP TABLE clean_orders AS
SELECT *, delivered_on - purchased_on AS delivery_days, promised_on - purchased_on AS promised_days,
  delivered_on IS NULL OR delivered_on >= purchased_on AS passes
FROM (
  SELECT *, CAST(purchased_at AS DATE) AS purchased_on, CAST(approved_at AS DATE) AS approved_on,
    CAST(shipped_at AS DATE) AS shipped_on, CAST(delivered_at AS DATE) AS delivered_on,
    CAST(promised_at AS DATE) AS promised_on
  FROM (
    SELECT DISTINCT order_id, customer_id, status, purchased_at, approved_at, shipped_at, delivered_at, promised_at
    FROM orders WHERE fits
  )
);

COPY (
  SELECT order_id, customer_id, status, CAST(purchased_at AS TIMESTAMPTZ) AS purchased_at, purchased_on, approved_on,
    shipped_on, delivered_on, promised_on, delivery_days, promised_days, delivery_days > promised_days AS is_late
  FROM clean_orders WHERE passes
) TO '$lake/silver.orders.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (
  SELECT 'bronze.orders' AS source, concat_ws('; ',
    if(order_id IS NULL, 'order_id is missing', NULL), if(customer_id IS NULL, 'customer_id is missing', NULL),
    if(status IN ('created', 'approved', 'invoiced', 'processing', 'shipped', 'delivered', 'canceled', 'unavailable'),
      NULL, 'status is not OrderStatus'),
    if(purchased_at IS NULL, 'purchased_at is not timestamp', NULL),
    if(promised_at IS NULL, 'promised_at is not timestamp', NULL),
    if(approved_at IS NULL AND trim(approved_at_text) <> '', 'approved_at is not timestamp', NULL),
    if(shipped_at IS NULL AND trim(shipped_at_text) <> '', 'shipped_at is not timestamp', NULL),
    if(delivered_at IS NULL AND trim(delivered_at_text) <> '', 'delivered_at is not timestamp', NULL)) AS reason,
    CAST(to_json({
      order_id: order_id, customer_id: customer_id, status_text: status_text, purchased_at_text: purchased_at_text,
      approved_at_text: approved_at_text, shipped_at_text: shipped_at_text, delivered_at_text: delivered_at_text,
      promised_at_text: promised_at_text}) AS VARCHAR) AS record
  FROM orders WHERE fits IS NOT TRUE
  UNION ALL
  SELECT 'bronze.orders', string_agg(error_message, '; '), any_value(csv_line) FROM orders_rejects GROUP BY line
  UNION ALL
  SELECT 'silver.orders', 'delivered after bought', CAST(to_json(clean_orders) AS VARCHAR)
  FROM clean_orders WHERE NOT passes
) TO '$lake/quarantine.silver.orders.parquet' (FORMAT parquet, COMPRESSION zstd);

DROP TABLE orders;
DROP TABLE clean_orders;

CREATE TEMP TABLE order_items AS
SELECT *, TRY_CAST(item_text AS INTEGER) AS order_item_id, TRY_CAST(limit_text AS TIMESTAMP) AS shipping_limit_at,
  TRY_CAST(price_text AS DECIMAL(10, 2)) AS price, TRY_CAST(freight_text AS DECIMAL(10, 2)) AS freight_value,
  order_id IS NOT NULL AND order_item_id IS NOT NULL AND product_id IS NOT NULL AND seller_id IS NOT NULL AND
    shipping_limit_at IS NOT NULL AND price IS NOT NULL AND freight_value IS NOT NULL AND NOT contains(item_text, '.') AND
    NOT contains(lower(price_text), 'e') AND NOT contains(lower(freight_text), 'e') AS fits
FROM read_csv('$data/http/olist_order_items_dataset.csv', header = true, auto_detect = false, quote = '"',
  allow_quoted_nulls = false, store_rejects = true, rejects_table = 'order_items_rejects', rejects_scan = 'order_items_scan',
  columns = {
    order_id: 'VARCHAR', item_text: 'VARCHAR', product_id: 'VARCHAR', seller_id: 'VARCHAR', limit_text: 'VARCHAR',
    price_text: 'VARCHAR', freight_text: 'VARCHAR'});

CREATE TEMP TABLE clean_items AS
SELECT DISTINCT order_id, order_item_id, product_id, seller_id, shipping_limit_at, price, freight_value
FROM order_items WHERE fits;

COPY (
  SELECT order_id, order_item_id, product_id, seller_id, CAST(shipping_limit_at AS TIMESTAMPTZ) AS shipping_limit_at,
    price, freight_value
  FROM clean_items WHERE price > 0
) TO '$lake/silver.order_items.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (
  SELECT 'bronze.order_items' AS source, concat_ws('; ',
    if(order_id IS NULL, 'order_id is missing', NULL), if(product_id IS NULL, 'product_id is missing', NULL),
    if(seller_id IS NULL, 'seller_id is missing', NULL),
    if(order_item_id IS NULL OR contains(item_text, '.'), 'order_item_id is not int', NULL),
    if(shipping_limit_at IS NULL, 'shipping_limit_at is not timestamp', NULL),
    if(price IS NULL OR contains(lower(price_text), 'e'), 'price is not decimal(10,2)', NULL),
    if(freight_value IS NULL OR contains(lower(freight_text), 'e'), 'freight_value is not decimal(10,2)', NULL)) AS reason,
    CAST(to_json({
      order_id: order_id, item_text: item_text, product_id: product_id, seller_id: seller_id, limit_text: limit_text,
      price_text: price_text, freight_text: freight_text}) AS VARCHAR) AS record
  FROM order_items WHERE fits IS NOT TRUE
  UNION ALL
  SELECT 'bronze.order_items', string_agg(error_message, '; '), any_value(csv_line) FROM order_items_rejects GROUP BY line
  UNION ALL
  SELECT 'silver.order_items', 'priced', CAST(to_json(clean_items) AS VARCHAR)
  FROM clean_items WHERE price <= 0
) TO '$lake/quarantine.silver.order_items.parquet' (FORMAT parquet, COMPRESSION zstd);

DROP TABLE order_items;
DROP TABLE clean_items;

CREATE TEMP TABLE payments AS
SELECT *,
  order_id IS NOT NULL AND payment_sequential IS NOT NULL AND payment_installments IS NOT NULL
    AND payment_value IS NOT NULL
    AND payment_type IN ('credit_card', 'boleto', 'voucher', 'debit_card', 'not_defined') AS fits
FROM read_json('$data/erp/public.order_payments.jsonl', format = 'newline_delimited', ignore_errors = true, columns = {
    order_id: 'VARCHAR', payment_sequential: 'INTEGER', payment_type: 'VARCHAR', payment_installments: 'INTEGER',
    payment_value: 'DECIMAL(10, 2)'});

COPY (
  SELECT order_id, payment_sequential, payment_type, payment_installments, payment_value
  FROM payments WHERE fits AND payment_type <> 'not_defined'
) TO '$lake/silver.payments.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (
  SELECT 'bronze.payments' AS source, 'a value is missing or does not fit' AS reason, CAST(to_json(payments) AS VARCHAR) AS record
  FROM payments WHERE fits IS NOT TRUE
) TO '$lake/quarantine.silver.payments.parquet' (FORMAT parquet, COMPRESSION zstd);

DROP TABLE payments;

CREATE TEMP TABLE reviews AS
SELECT *, TRY_CAST(created_text AS TIMESTAMP) AS created_at, TRY_CAST(answered_text AS TIMESTAMP) AS answered_at,
  review_id IS NOT NULL AND order_id IS NOT NULL AND score IS NOT NULL AND created_at IS NOT NULL AND
    answered_at IS NOT NULL AND strlen(created_text) > 10 AND strlen(answered_text) > 10 AS fits
FROM read_csv('$data/http/olist_order_reviews_dataset.csv', header = true, auto_detect = false, quote = '"',
  allow_quoted_nulls = false, store_rejects = true, rejects_table = 'reviews_rejects', rejects_scan = 'reviews_scan',
  columns = {
    review_id: 'VARCHAR', order_id: 'VARCHAR', score: 'INTEGER', title: 'VARCHAR', message: 'VARCHAR',
    created_text: 'VARCHAR', answered_text: 'VARCHAR'});

CREATE TEMP TABLE latest_reviews AS
SELECT review_id, order_id, score, title, message, created_at, answered_at
FROM reviews WHERE fits
QUALIFY row_number() OVER (PARTITION BY review_id ORDER BY answered_at DESC) = 1;

COPY (
  SELECT review_id, order_id, score, nullif(trim(title), '') AS title, nullif(trim(message), '') AS message,
    CAST(created_at AS DATE) AS created_on, date_diff('second', created_at, answered_at) // 3600 AS answer_hours
  FROM latest_reviews WHERE score BETWEEN 1 AND 5
) TO '$lake/silver.reviews.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (
  SELECT 'bronze.reviews' AS source, concat_ws('; ',
    if(review_id IS NULL, 'review_id is missing', NULL), if(order_id IS NULL, 'order_id is missing', NULL),
    if(score IS NULL, 'score is missing', NULL),
    if(created_at IS NULL OR strlen(created_text) <= 10, 'created_at is not timestamp', NULL),
    if(answered_at IS NULL OR strlen(answered_text) <= 10, 'answered_at is not timestamp', NULL)) AS reason,
    CAST(to_json({
      review_id: review_id, order_id: order_id, score: score, title: title, message: message,
      created_text: created_text, answered_text: answered_text}) AS VARCHAR) AS record
  FROM reviews WHERE fits IS NOT TRUE
  UNION ALL
  SELECT 'bronze.reviews', string_agg(error_message, '; '), any_value(csv_line) FROM reviews_rejects GROUP BY line
  UNION ALL
  SELECT 'silver.reviews', 'score from 1 to 5', CAST(to_json(latest_reviews) AS VARCHAR)
  FROM latest_reviews WHERE score NOT BETWEEN 1 AND 5
) TO '$lake/quarantine.silver.reviews.parquet' (FORMAT parquet, COMPRESSION zstd);

DROP TABLE reviews;
DROP TABLE latest_reviews;

CREATE TEMP TABLE category_names AS
FROM read_json('$data/catalog/product_category_translation.jsonl', format = 'newline_delimited', columns = {
  product_category_name: 'VARCHAR', product_category_name_english: 'VARCHAR'});

CREATE TEMP TABLE products AS
SELECT *, TRY_CAST(name_length_text AS INTEGER) AS name_length,
  TRY_CAST(description_length_text AS INTEGER) AS description_length, TRY_CAST(photos_text AS INTEGER) AS photos,
  TRY_CAST(weight_g_text AS INTEGER) AS weight_g, TRY_CAST(length_cm_text AS INTEGER) AS length_cm,
  TRY_CAST(height_cm_text AS INTEGER) AS height_cm, TRY_CAST(width_cm_text AS INTEGER) AS width_cm,
  product_id IS NOT NULL AND
    (name_length_text IS NULL OR name_length IS NOT NULL AND NOT contains(name_length_text, '.')) AND
    (description_length_text IS NULL OR description_length IS NOT NULL AND NOT contains(description_length_text, '.')) AND
    (photos_text IS NULL OR photos IS NOT NULL AND NOT contains(photos_text, '.')) AND
    (weight_g_text IS NULL OR weight_g IS NOT NULL AND NOT contains(weight_g_text, '.')) AND
    (length_cm_text IS NULL OR length_cm IS NOT NULL AND NOT contains(length_cm_text, '.')) AND
    (height_cm_text IS NULL OR height_cm IS NOT NULL AND NOT contains(height_cm_text, '.')) AND
    (width_cm_text IS NULL OR width_cm IS NOT NULL AND NOT contains(width_cm_text, '.')) AS fits
FROM read_csv('$data/http/olist_products_dataset.csv', header = true, auto_detect = false, quote = '"',
  allow_quoted_nulls = false, store_rejects = true, rejects_table = 'products_rejects', rejects_scan = 'products_scan',
  columns = {
    product_id: 'VARCHAR', category: 'VARCHAR', name_length_text: 'VARCHAR', description_length_text: 'VARCHAR',
    photos_text: 'VARCHAR', weight_g_text: 'VARCHAR', length_cm_text: 'VARCHAR', height_cm_text: 'VARCHAR',
    width_cm_text: 'VARCHAR'});

COPY (
  SELECT p.product_id, coalesce(n.product_category_name_english, p.category, 'unknown') AS category,
    coalesce(p.photos, 0) AS photos, p.weight_g, CAST(p.length_cm * p.height_cm * p.width_cm AS INTEGER) AS volume_cm3
  FROM (
    SELECT DISTINCT product_id, category, photos, weight_g, length_cm, height_cm, width_cm FROM products WHERE fits
  ) AS p
  LEFT JOIN category_names AS n ON n.product_category_name = p.category
) TO '$lake/silver.products.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (
  SELECT 'bronze.products' AS source, concat_ws('; ',
    if(product_id IS NULL, 'product_id is missing', NULL),
    if(name_length_text IS NOT NULL AND (name_length IS NULL OR contains(name_length_text, '.')), 'name_length is not int', NULL),
    if(description_length_text IS NOT NULL AND (description_length IS NULL OR contains(description_length_text, '.')), 'description_length is not int', NULL),
    if(photos_text IS NOT NULL AND (photos IS NULL OR contains(photos_text, '.')), 'photos is not int', NULL),
    if(weight_g_text IS NOT NULL AND (weight_g IS NULL OR contains(weight_g_text, '.')), 'weight_g is not int', NULL),
    if(length_cm_text IS NOT NULL AND (length_cm IS NULL OR contains(length_cm_text, '.')), 'length_cm is not int', NULL),
    if(height_cm_text IS NOT NULL AND (height_cm IS NULL OR contains(height_cm_text, '.')), 'height_cm is not int', NULL),
    if(width_cm_text IS NOT NULL AND (width_cm IS NULL OR contains(width_cm_text, '.')), 'width_cm is not int', NULL)) AS reason,
    CAST(to_json({
      product_id: product_id, category: category, name_length_text: name_length_text,
      description_length_text: description_length_text, photos_text: photos_text, weight_g_text: weight_g_text,
      length_cm_text: length_cm_text, height_cm_text: height_cm_text, width_cm_text: width_cm_text}) AS VARCHAR) AS record
  FROM products WHERE fits IS NOT TRUE
  UNION ALL
  SELECT 'bronze.products', string_agg(error_message, '; '), any_value(csv_line) FROM products_rejects GROUP BY line
  UNION ALL
  SELECT 'bronze.category_names', 'a name is missing', CAST(to_json(n) AS VARCHAR)
  FROM category_names AS n WHERE product_category_name IS NULL OR product_category_name_english IS NULL
) TO '$lake/quarantine.silver.products.parquet' (FORMAT parquet, COMPRESSION zstd);

DROP TABLE products;
DROP TABLE category_names;

CREATE TEMP TABLE sellers AS
SELECT *,
  seller_id IS NOT NULL AND zip_prefix IS NOT NULL AND city IS NOT NULL AND state IS NOT NULL AS fits
FROM read_csv('$data/http/olist_sellers_dataset.csv', header = true, auto_detect = false, quote = '"',
  allow_quoted_nulls = false, store_rejects = true, rejects_table = 'sellers_rejects', rejects_scan = 'sellers_scan',
  columns = {
    seller_id: 'VARCHAR', zip_prefix: 'VARCHAR', city: 'VARCHAR', state: 'VARCHAR'});

COPY (
  SELECT DISTINCT seller_id, zip_prefix, lower(trim(regexp_replace(city, '\s+', ' ', 'g'))) AS city, state
  FROM sellers WHERE fits
) TO '$lake/silver.sellers.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (
  SELECT 'bronze.sellers' AS source, concat_ws('; ',
    if(seller_id IS NULL, 'seller_id is missing', NULL), if(zip_prefix IS NULL, 'zip_prefix is missing', NULL),
    if(city IS NULL, 'city is missing', NULL), if(state IS NULL, 'state is missing', NULL)) AS reason,
    CAST(to_json({
      seller_id: seller_id, zip_prefix: zip_prefix, city: city, state: state}) AS VARCHAR) AS record
  FROM sellers WHERE fits IS NOT TRUE
  UNION ALL
  SELECT 'bronze.sellers', string_agg(error_message, '; '), any_value(csv_line) FROM sellers_rejects GROUP BY line
) TO '$lake/quarantine.silver.sellers.parquet' (FORMAT parquet, COMPRESSION zstd);

DROP TABLE sellers;

CREATE TEMP TABLE geolocation AS
SELECT *,
  zip_prefix IS NOT NULL AND lat IS NOT NULL AND lng IS NOT NULL AND city IS NOT NULL AND state IS NOT NULL AS fits
FROM read_csv('$data/http/olist_geolocation_dataset.csv', header = true, auto_detect = false, quote = '"',
  allow_quoted_nulls = false, store_rejects = true, rejects_table = 'geolocation_rejects', rejects_scan = 'geolocation_scan',
  columns = {
    zip_prefix: 'VARCHAR', lat: 'DOUBLE', lng: 'DOUBLE', city: 'VARCHAR', state: 'VARCHAR'});

COPY (
  SELECT zip_prefix, median(lat) AS latitude, median(lng) AS longitude, min(state) AS state, count(*) AS points
  FROM (
    SELECT DISTINCT * FROM geolocation WHERE fits AND lat BETWEEN -34.0 AND 6.0 AND lng BETWEEN -74.0 AND -34.0
  )
  GROUP BY zip_prefix
) TO '$lake/silver.zip_codes.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (
  SELECT 'bronze.geolocation' AS source, concat_ws('; ',
    if(zip_prefix IS NULL, 'zip_prefix is missing', NULL), if(lat IS NULL, 'lat is missing', NULL),
    if(lng IS NULL, 'lng is missing', NULL), if(city IS NULL, 'city is missing', NULL),
    if(state IS NULL, 'state is missing', NULL)) AS reason,
    CAST(to_json({
      zip_prefix: zip_prefix, lat: lat, lng: lng, city: city, state: state}) AS VARCHAR) AS record
  FROM geolocation WHERE fits IS NOT TRUE
  UNION ALL
  SELECT 'bronze.geolocation', string_agg(error_message, '; '), any_value(csv_line) FROM geolocation_rejects GROUP BY line
) TO '$lake/quarantine.silver.zip_codes.parquet' (FORMAT parquet, COMPRESSION zstd);

DROP TABLE geolocation;


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
