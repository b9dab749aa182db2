-- Receipts: a load, or what of it is for some kecamatan, as it is received at a place. A
-- place has a chain of its own, as a dock has.
CREATE TABLE receipts (
  id        {key},
  load      {int} NOT NULL,
  kecamatan TEXT NOT NULL,
  dock      {int} NOT NULL,
  operator  TEXT NOT NULL,
  state     TEXT NOT NULL, -- open, signed
  opened    TEXT NOT NULL,
  signed    TEXT NOT NULL,
  expected  {int} NOT NULL, -- boxes that were on the list and had not been received
  boxes     {int} NOT NULL, -- boxes received
  last      {int} NOT NULL, -- highest position given
  deliverer TEXT NOT NULL,
  receiver  TEXT NOT NULL
);
CREATE UNIQUE INDEX receipts_open_dock ON receipts (dock) WHERE state = 'open';
CREATE INDEX receipts_load ON receipts (load);

-- A box of a load is received once: the primary key decides the race of two places.
CREATE TABLE receipt_boxes (
  box      {int} NOT NULL,
  load     {int} NOT NULL,
  receipt  {int} NOT NULL,
  position {int} NOT NULL,
  at       TEXT NOT NULL,
  PRIMARY KEY (box, load)
);
CREATE INDEX receipt_boxes_receipt ON receipt_boxes (receipt, position);
CREATE INDEX receipt_boxes_load ON receipt_boxes (load);
