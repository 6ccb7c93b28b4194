-- A credential requires a master key with a password. The server opens the key without the password, so a random one is
-- generated and not stored.
IF NOT EXISTS (SELECT 1 FROM sys.symmetric_keys WHERE name = '##MS_DatabaseMasterKey##')
BEGIN
    DECLARE @password varchar(100) = CONCAT('Aa1-', CAST(NEWID() AS char(36)), CAST(NEWID() AS char(36)));
    EXEC ('CREATE MASTER KEY ENCRYPTION BY PASSWORD = ''' + @password + ''';');
END;
GO

-- The workspace's managed identity reads the lake; it needs the role Storage Blob Data Reader on the container.
IF NOT EXISTS (SELECT 1 FROM sys.database_scoped_credentials WHERE name = 'olist_lake_identity')
    CREATE DATABASE SCOPED CREDENTIAL [olist_lake_identity] WITH IDENTITY = 'Managed Identity';
GO

-- A data source for another location cannot be altered, only recreated.
IF EXISTS (
    SELECT 1 FROM sys.external_data_sources
    WHERE name = 'olist_lake' AND location <> 'https://olistlake.dfs.core.windows.net/olistdata/gold'
)
    EXEC ('DROP EXTERNAL DATA SOURCE [olist_lake];');
GO

IF NOT EXISTS (SELECT 1 FROM sys.external_data_sources WHERE name = 'olist_lake')
    CREATE EXTERNAL DATA SOURCE [olist_lake] WITH (
        LOCATION = 'https://olistlake.dfs.core.windows.net/olistdata/gold',
        CREDENTIAL = [olist_lake_identity]
    );
GO
