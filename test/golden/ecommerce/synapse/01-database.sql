-- The Olist marketplace: builds a lakehouse from CSV files, SQL tables and documents.
-- Server olist-synapse-ondemand.sql.azuresynapse.net; connect to master for this script, to [olist] for the ones after it.
IF DB_ID('olist') IS NULL
    EXEC ('CREATE DATABASE [olist] COLLATE Latin1_General_100_BIN2_UTF8;');
GO
