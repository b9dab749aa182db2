-- The keys that sign checkpoints, one a machine. Their private halves are files.
CREATE TABLE seals (
  key        TEXT PRIMARY KEY,
  public_key TEXT NOT NULL,
  machine    TEXT NOT NULL,
  by_whom    TEXT NOT NULL,
  at         TEXT NOT NULL
);
