-- One row per piece sold, with details of its order, customer, product and seller.
CREATE OR ALTER VIEW [gold].[order_lines] AS
-- medalc: project olist, environment prod
SELECT
    [order_id],
    [order_item_id],
    [status],
    [purchased_on],
    [delivery_days],
    [is_late],
    CASE WHEN IS_ROLEMEMBER('gold_pii_reader') = 1 THEN [customer_unique_id] END AS [customer_unique_id],
    [customer_city],
    [customer_state],
    [region],
    [product_id],
    [category],
    [seller_id],
    [seller_state],
    [price],
    [freight_value],
    [total]
FROM OPENROWSET(
    BULK 'order_lines/',
    DATA_SOURCE = 'olist_lake',
    FORMAT = 'DELTA'
) WITH (
    [order_id] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
    [order_item_id] int,
    [status] varchar(11) COLLATE Latin1_General_100_BIN2_UTF8,
    [purchased_on] date,
    [delivery_days] int,
    [is_late] bit,
    [customer_unique_id] varchar(128) COLLATE Latin1_General_100_BIN2_UTF8,
    [customer_city] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
    [customer_state] varchar(8) COLLATE Latin1_General_100_BIN2_UTF8,
    [region] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
    [product_id] varchar(128) COLLATE Latin1_General_100_BIN2_UTF8,
    [category] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
    [seller_id] varchar(128) COLLATE Latin1_General_100_BIN2_UTF8,
    [seller_state] varchar(8) COLLATE Latin1_General_100_BIN2_UTF8,
    [price] decimal(10, 2),
    [freight_value] decimal(10, 2),
    [total] decimal(11, 2)
) AS [rows];
GO

-- One row per order: the amount paid and the number of payments.
CREATE OR ALTER VIEW [gold].[order_payments] AS
-- medalc: project olist, environment prod
SELECT
    [order_id],
    [paid],
    [parts],
    [max_installments],
    [paid_by_card]
FROM OPENROWSET(
    BULK 'order_payments/',
    DATA_SOURCE = 'olist_lake',
    FORMAT = 'DELTA'
) WITH (
    [order_id] varchar(128) COLLATE Latin1_General_100_BIN2_UTF8,
    [paid] decimal(20, 2),
    [parts] bigint,
    [max_installments] int,
    [paid_by_card] decimal(20, 2)
) AS [rows];
GO

-- One row per order: sales, payments and the review score. Each side is aggregated before the join.
CREATE OR ALTER VIEW [gold].[orders] AS
-- medalc: project olist, environment prod
SELECT
    [order_id],
    [customer_id],
    [status],
    [purchased_on],
    [delivery_days],
    [is_late],
    [items],
    [sold],
    [freight],
    [paid],
    [difference]
FROM OPENROWSET(
    BULK 'orders/',
    DATA_SOURCE = 'olist_lake',
    FORMAT = 'DELTA'
) WITH (
    [order_id] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
    [customer_id] varchar(128) COLLATE Latin1_General_100_BIN2_UTF8,
    [status] varchar(11) COLLATE Latin1_General_100_BIN2_UTF8,
    [purchased_on] date,
    [delivery_days] int,
    [is_late] bit,
    [items] bigint,
    [sold] decimal(20, 2),
    [freight] decimal(20, 2),
    [paid] decimal(20, 2),
    [difference] decimal(22, 2)
) AS [rows];
GO

CREATE OR ALTER VIEW [gold].[revenue_by_month] AS
-- medalc: project olist, environment prod
SELECT
    [month],
    [customer_state],
    [revenue],
    [freight],
    [orders],
    [items]
FROM OPENROWSET(
    BULK 'revenue_by_month/',
    DATA_SOURCE = 'olist_lake',
    FORMAT = 'DELTA'
) WITH (
    [month] date,
    [customer_state] varchar(8) COLLATE Latin1_General_100_BIN2_UTF8,
    [revenue] decimal(20, 2),
    [freight] decimal(20, 2),
    [orders] bigint,
    [items] bigint
) AS [rows];
GO

CREATE OR ALTER VIEW [gold].[revenue_by_category] AS
-- medalc: project olist, environment prod
SELECT
    [category],
    [revenue],
    [average_price],
    [orders],
    [items]
FROM OPENROWSET(
    BULK 'revenue_by_category/',
    DATA_SOURCE = 'olist_lake',
    FORMAT = 'DELTA'
) WITH (
    [category] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
    [revenue] decimal(20, 2),
    [average_price] decimal(14, 6),
    [orders] bigint,
    [items] bigint
) AS [rows];
GO

-- Delivery time and share of late deliveries by the customer's state.
CREATE OR ALTER VIEW [gold].[delivery_performance] AS
-- medalc: project olist, environment prod
SELECT
    [state],
    [delivered],
    [late],
    [late_share],
    [average_days],
    [slowest_days],
    [median_days]
FROM OPENROWSET(
    BULK 'delivery_performance/',
    DATA_SOURCE = 'olist_lake',
    FORMAT = 'DELTA'
) WITH (
    [state] varchar(8) COLLATE Latin1_General_100_BIN2_UTF8,
    [delivered] bigint,
    [late] bigint,
    [late_share] float,
    [average_days] float,
    [slowest_days] int,
    [median_days] float
) AS [rows];
GO

-- One row per person, over all accounts: what they bought and when.
CREATE OR ALTER VIEW [gold].[customers] AS
-- medalc: project olist, environment prod
SELECT
    CASE WHEN IS_ROLEMEMBER('gold_pii_reader') = 1 THEN [customer_unique_id] END AS [customer_unique_id],
    [orders],
    [items],
    [spent],
    [first_bought],
    [last_bought],
    [cities],
    [segment],
    [is_returning]
FROM OPENROWSET(
    BULK 'customers/',
    DATA_SOURCE = 'olist_lake',
    FORMAT = 'DELTA'
) WITH (
    [customer_unique_id] varchar(128) COLLATE Latin1_General_100_BIN2_UTF8,
    [orders] bigint,
    [items] bigint,
    [spent] decimal(21, 2),
    [first_bought] date,
    [last_bought] date,
    [cities] bigint,
    [segment] varchar(6) COLLATE Latin1_General_100_BIN2_UTF8,
    [is_returning] bit
) AS [rows];
GO

-- The ten sellers with the highest revenue.
CREATE OR ALTER VIEW [gold].[top_sellers] AS
-- medalc: project olist, environment prod
SELECT
    [seller_id],
    [seller_state],
    [revenue],
    [orders],
    [items]
FROM OPENROWSET(
    BULK 'top_sellers/',
    DATA_SOURCE = 'olist_lake',
    FORMAT = 'DELTA'
) WITH (
    [seller_id] varchar(128) COLLATE Latin1_General_100_BIN2_UTF8,
    [seller_state] varchar(8) COLLATE Latin1_General_100_BIN2_UTF8,
    [revenue] decimal(20, 2),
    [orders] bigint,
    [items] bigint
) AS [rows];
GO
