-- Who may read: add users and groups to this role, ALTER ROLE [gold_reader] ADD MEMBER [name]; who also sees personal data, to [gold_pii_reader];
IF DATABASE_PRINCIPAL_ID('gold_reader') IS NULL
    CREATE ROLE [gold_reader];
GO

GRANT SELECT ON SCHEMA::[gold] TO [gold_reader];
GO

EXEC ('GRANT REFERENCES ON DATABASE SCOPED CREDENTIAL::[olist_lake_identity] TO [gold_reader];');
GO

IF DATABASE_PRINCIPAL_ID('gold_pii_reader') IS NULL
    CREATE ROLE [gold_pii_reader];
GO

ALTER ROLE [gold_reader] ADD MEMBER [gold_pii_reader];
GO

-- The data factory brings the views up to date after each run.
IF DATABASE_PRINCIPAL_ID('gold_publisher') IS NULL
    CREATE ROLE [gold_publisher];
GO

GRANT CREATE VIEW TO [gold_publisher];
GO

GRANT ALTER ON SCHEMA::[gold] TO [gold_publisher];
GO

GRANT SELECT ON SCHEMA::[gold] TO [gold_publisher];
GO

EXEC ('GRANT REFERENCES ON DATABASE SCOPED CREDENTIAL::[olist_lake_identity] TO [gold_publisher];');
GO

GRANT ADMINISTER DATABASE BULK OPERATIONS TO [gold_publisher];
GO

IF DATABASE_PRINCIPAL_ID('olist-df') IS NULL
    CREATE USER [olist-df] FROM EXTERNAL PROVIDER;
GO

ALTER ROLE [gold_publisher] ADD MEMBER [olist-df];
GO
