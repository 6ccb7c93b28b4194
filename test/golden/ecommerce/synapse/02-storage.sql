-- A credential wants a master key, and the key a password that is never asked for again: the server opens the key by
-- itself. So the server makes one up, and it is kept nowhere.
IF NOT EXISTS (SELECT 1 FROM sys.symmetric_keys WHERE name = '##MS_DatabaseMasterKey##')
BEGIN
    DECLARE @password varchar(100) = CONCAT('Aa1-', CAST(NEWID() AS char(36)), CAST(NEWID() AS char(36)));
    EXEC ('CREATE MASTER KEY ENCRYPTION BY PASSWORD = ''' + @password + ''';');
END;
GO

-- The workspace's own identity reads the lake; it needs the role Storage Blob Data Reader on the container.
IF NOT EXISTS (SELECT 1 FROM sys.database_scoped_credentials WHERE name = 'lake_identity')
    CREATE DATABASE SCOPED CREDENTIAL [lake_identity] WITH IDENTITY = 'Managed Identity';
GO

-- Of another environment, or from before the lake moved: a data source cannot be changed, only made anew.
IF EXISTS (
    SELECT 1 FROM sys.external_data_sources
    WHERE name = 'lake_gold' AND location <> 'https://olistlake.dfs.core.windows.net/olistdata/gold'
)
    EXEC ('DROP EXTERNAL DATA SOURCE [lake_gold];');
GO

IF NOT EXISTS (SELECT 1 FROM sys.external_data_sources WHERE name = 'lake_gold')
    CREATE EXTERNAL DATA SOURCE [lake_gold] WITH (
        LOCATION = 'https://olistlake.dfs.core.windows.net/olistdata/gold',
        CREDENTIAL = [lake_identity]
    );
GO
