IF SCHEMA_ID('gold') IS NULL
    EXEC ('CREATE SCHEMA [gold];');
GO
