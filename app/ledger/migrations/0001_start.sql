-- The record: one append-only log of events, and the state that follows from it.
-- Words in braces are the engine's own: {key} {serial} {int}.

CREATE TABLE meta (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

-- One row per event, never changed or removed (triggers refuse it). A chain per dock:
-- (dock, seq) counts without gaps, hash covers the row and the hash before it.
CREATE TABLE event_log (
  n       {serial},
  dock    {int} NOT NULL,
  seq     {int} NOT NULL,
  id      TEXT NOT NULL UNIQUE,
  at      TEXT NOT NULL,
  actor   TEXT NOT NULL,
  kind    TEXT NOT NULL,
  box     {int} NOT NULL DEFAULT 0, -- key of the box the event is about, an index only
  payload TEXT NOT NULL,
  prev    TEXT NOT NULL,
  hash    TEXT NOT NULL,
  UNIQUE (dock, seq)
);
CREATE INDEX event_log_box ON event_log (box, n) WHERE box <> 0;

CREATE TABLE chains (
  dock {key},
  seq  {int} NOT NULL,
  hash TEXT NOT NULL
);

-- The event's areas, all levels, by their ten digits; and the dapil of each kelurahan.
CREATE TABLE areas (
  code    {key},
  name    TEXT NOT NULL,
  routing TEXT NOT NULL, -- routing district of a kelurahan's boxes, "DPRDP:310004"
  tps     {int} NOT NULL -- number of TPS of a kelurahan
);
CREATE INDEX areas_routing ON areas (routing) WHERE routing <> '';
CREATE TABLE area_dapil (
  area {int} NOT NULL,
  kind TEXT NOT NULL,
  code TEXT NOT NULL,
  PRIMARY KEY (area, kind)
);
CREATE TABLE boxes (
  key {key}
);

CREATE TABLE people (
  name         TEXT PRIMARY KEY,
  role         TEXT NOT NULL,
  active       {int} NOT NULL,
  pin_digest   TEXT NOT NULL,
  badge_digest TEXT NOT NULL,
  failed       {int} NOT NULL,
  locked_until TEXT NOT NULL
);
-- The PIN hashes are kept out of the log, which is shown to observers: six digits are
-- soon tried. The log holds a digest of each, so that a changed hash is found.
CREATE TABLE pins (
  name TEXT PRIMARY KEY,
  hash TEXT NOT NULL
);

CREATE TABLE trucks (
  id      {key},
  plate   TEXT NOT NULL UNIQUE,
  vehicle TEXT NOT NULL,
  driver  TEXT NOT NULL
);
CREATE TABLE passes (
  digest    TEXT PRIMARY KEY, -- SHA-256 of the token
  truck     {int} NOT NULL,
  district  TEXT NOT NULL,
  kecamatan TEXT NOT NULL,
  issued_by TEXT NOT NULL,
  issued_at TEXT NOT NULL
);

CREATE TABLE batches (
  id     {key},
  stock  TEXT NOT NULL,
  reason TEXT NOT NULL,
  by_whom TEXT NOT NULL,
  at     TEXT NOT NULL,
  state  TEXT NOT NULL, -- open, done, cancelled
  labels {int} NOT NULL
);
CREATE TABLE labels (
  box      {int} NOT NULL,
  revision {int} NOT NULL,
  batch    {int} NOT NULL,
  state    TEXT NOT NULL, -- planned, sent, printed, spoiled, void
  scanned  {int} NOT NULL, -- 1: scanned back
  PRIMARY KEY (box, revision)
);
CREATE INDEX labels_batch ON labels (batch, box);
CREATE TABLE holds (
  box    {key},
  reason TEXT NOT NULL
);

CREATE TABLE loads (
  id        {key},
  truck     {int} NOT NULL,
  plate     TEXT NOT NULL,
  driver    TEXT NOT NULL,
  district  TEXT NOT NULL,
  kecamatan TEXT NOT NULL,
  dock      {int} NOT NULL,
  operator  TEXT NOT NULL,
  state     TEXT NOT NULL,
  opened    TEXT NOT NULL,
  closed    TEXT NOT NULL,
  boxes     {int} NOT NULL, -- boxes in it
  last      {int} NOT NULL, -- highest position given
  shortage  TEXT NOT NULL
);
-- One open load a truck, one open load a dock.
CREATE UNIQUE INDEX loads_open_truck ON loads (truck) WHERE state = 'open';
CREATE UNIQUE INDEX loads_open_dock ON loads (dock) WHERE state = 'open';

-- A box is in at most one load: the primary key decides the race of two docks.
CREATE TABLE load_boxes (
  box      {key},
  load     {int} NOT NULL,
  position {int} NOT NULL,
  at       TEXT NOT NULL
);
CREATE INDEX load_boxes_load ON load_boxes (load, position);

CREATE TABLE locks (
  dock    {key},
  verdict TEXT NOT NULL,
  text    TEXT NOT NULL,
  box     TEXT NOT NULL
);
