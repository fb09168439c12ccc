-- The two database roles, made once by a superuser; the application never connects as that superuser again.
-- The owner owns the database and runs migrations. The application reads and writes rows: no DDL, no TRUNCATE.
-- What the application may do with each table is granted by the owner's migrations.
DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'cmr_owner') THEN
        CREATE ROLE cmr_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'cmr_app') THEN
        CREATE ROLE cmr_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
    END IF;
END $$;
