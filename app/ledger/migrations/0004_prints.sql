-- What a print was of, and where it went: people look for a print by it.
ALTER TABLE batches ADD COLUMN choice TEXT NOT NULL DEFAULT '';
ALTER TABLE batches ADD COLUMN output TEXT NOT NULL DEFAULT '';
