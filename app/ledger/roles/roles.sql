-- The roles of a Dapilgate ledger on PostgreSQL 15 and newer. Run it as a superuser, once for
-- a server, connected to the ledger's own database; running it again does no harm.
--
--   createdb dapilgate
--   dapilgate init --roles | psql -d dapilgate
--
-- dapilgate_owner  owns the tables: 'dapilgate init', and the first start of a newer version.
-- dapilgate_kiosk  does a day's work: it may add to the log, never change or remove of it.
--
-- Both are groups without a password. Give people and kiosks logins of their own:
--
--   CREATE ROLE dock1 LOGIN PASSWORD '…' IN ROLE dapilgate_kiosk;
--   CREATE ROLE sysadmin LOGIN PASSWORD '…' IN ROLE dapilgate_owner;
--   ALTER ROLE sysadmin SET role = dapilgate_owner;  -- what it makes belongs to the group

DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'dapilgate_owner') THEN
    CREATE ROLE dapilgate_owner NOLOGIN;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'dapilgate_kiosk') THEN
    CREATE ROLE dapilgate_kiosk NOLOGIN;
  END IF;
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO dapilgate_kiosk', current_database());
  EXECUTE format('GRANT CONNECT, CREATE ON DATABASE %I TO dapilgate_owner', current_database());
  EXECUTE format('REVOKE CREATE ON SCHEMA %I FROM PUBLIC', current_schema());
  EXECUTE format('GRANT USAGE, CREATE ON SCHEMA %I TO dapilgate_owner', current_schema());
END $$;
