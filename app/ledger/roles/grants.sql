-- What the kiosks' role may do. The owner runs this with each change of the schema.
DO $$ DECLARE t record; BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'dapilgate_kiosk') OR to_regclass('event_log') IS NULL THEN
    RETURN;
  END IF;
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO dapilgate_kiosk', current_schema());
  FOR t IN SELECT * FROM (VALUES
    ('meta', 'SELECT'), ('areas', 'SELECT'), ('area_dapil', 'SELECT'), ('boxes', 'SELECT'),
    ('event_log', 'SELECT, INSERT'), ('chains', 'SELECT, INSERT, UPDATE'),
    ('people', 'SELECT, INSERT, UPDATE'), ('pins', 'SELECT, INSERT, UPDATE'),
    ('trucks', 'SELECT, INSERT, UPDATE'), ('passes', 'SELECT, INSERT, UPDATE'),
    ('batches', 'SELECT, INSERT, UPDATE'), ('labels', 'SELECT, INSERT, UPDATE'), ('seals', 'SELECT, INSERT'), ('holds', 'SELECT, INSERT, UPDATE, DELETE'),
    ('loads', 'SELECT, INSERT, UPDATE'), ('load_boxes', 'SELECT, INSERT, UPDATE, DELETE'), ('locks', 'SELECT, INSERT, UPDATE, DELETE'),
    ('load_counts', 'SELECT, INSERT, UPDATE, DELETE')
  ) AS x (name, rights) LOOP
    EXECUTE format('REVOKE ALL ON %I FROM dapilgate_kiosk', t.name);
    EXECUTE format('GRANT %s ON %I TO dapilgate_kiosk', t.rights, t.name);
  END LOOP;
END $$;
