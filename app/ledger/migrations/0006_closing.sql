-- What another person than the operator counted on an open load, last. Boxes and last are
-- the load's at that moment: while they are its, nothing went on or off it since.
CREATE TABLE load_counts (
  load    {key},
  counter TEXT NOT NULL,
  counted {int} NOT NULL,
  boxes   {int} NOT NULL,
  last    {int} NOT NULL,
  at      TEXT NOT NULL
);
