-- Audits ask for the few events that are no scans: labels, loads, documents. Scans, which are
-- nearly all of the log, cost this index nothing.
CREATE INDEX IF NOT EXISTS event_log_kind ON event_log (kind, n) WHERE kind <> 'scanned';
