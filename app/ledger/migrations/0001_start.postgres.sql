-- UPDATE, DELETE and TRUNCATE of the log are refused to its owner too.
CREATE FUNCTION event_log_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the event log is append-only' USING ERRCODE = 'restrict_violation'; END $$;
CREATE TRIGGER event_log_no_change BEFORE UPDATE OR DELETE ON event_log
FOR EACH ROW EXECUTE FUNCTION event_log_append_only();
CREATE TRIGGER event_log_no_truncate BEFORE TRUNCATE ON event_log
FOR EACH STATEMENT EXECUTE FUNCTION event_log_append_only();
-- The few rows that every scan changes have room beside them for their next versions.
ALTER TABLE chains SET (fillfactor = 10);
ALTER TABLE loads SET (fillfactor = 10);
