-- Random samples of boxes, drawn before they are counted.
CREATE TABLE samples (
  id         {key},
  seed       TEXT NOT NULL,
  district   TEXT NOT NULL, -- what it was drawn from; empty: all
  area       TEXT NOT NULL,
  tps        {int} NOT NULL,
  kind       TEXT NOT NULL,
  population {int} NOT NULL, -- boxes it was drawn from
  digest     TEXT NOT NULL,  -- SHA-256 of their identities, a line each, in byte order
  by_whom    TEXT NOT NULL,
  at         TEXT NOT NULL
);
CREATE TABLE sample_boxes (
  sample {int} NOT NULL,
  place  {int} NOT NULL, -- in the order of the draw, from 1
  box    {int} NOT NULL,
  PRIMARY KEY (sample, place),
  UNIQUE (sample, box)
);

-- Counts of the boxes in a place. What is expected stands here only after the counting.
CREATE TABLE counts (
  id          {key},
  room        TEXT NOT NULL,
  district    TEXT NOT NULL,
  area        TEXT NOT NULL,
  tps         {int} NOT NULL,
  kind        TEXT NOT NULL,
  sample      {int} NOT NULL, -- 0: none
  state       TEXT NOT NULL,
  opened_by   TEXT NOT NULL,
  opened      TEXT NOT NULL,
  compared_by TEXT NOT NULL,
  compared    TEXT NOT NULL,
  expected    {int} NOT NULL,
  found       {int} NOT NULL,
  matching    {int} NOT NULL,
  beside      {int} NOT NULL, -- found outside the sample, with nothing wrong
  unlabelled  {int} NOT NULL, -- boxes of what is counted that no scan can find
  signed_by   TEXT NOT NULL,
  signed      TEXT NOT NULL,
  acts        {int} NOT NULL  -- events of it
);
-- Each person's own pass; round 1 is the count, 2 the recount.
CREATE TABLE count_passes (
  session    {int} NOT NULL,
  round      {int} NOT NULL,
  person     TEXT NOT NULL,
  began      TEXT NOT NULL,
  done       TEXT NOT NULL, -- empty: still counting
  ended_by   TEXT NOT NULL,
  boxes      {int} NOT NULL,
  again      {int} NOT NULL,
  unreadable {int} NOT NULL,
  strange    {int} NOT NULL, -- no label of this event
  forged     {int} NOT NULL,
  PRIMARY KEY (session, round, person)
);
-- What was found, with what the record said of it at that moment.
CREATE TABLE count_boxes (
  session  {int} NOT NULL,
  box      {int} NOT NULL,
  person   TEXT NOT NULL,
  round    {int} NOT NULL,
  at       TEXT NOT NULL,
  revision {int} NOT NULL, -- of the label that was scanned
  newest   {int} NOT NULL,
  known    {int} NOT NULL,
  labelled {int} NOT NULL,
  load     {int} NOT NULL,
  plate    TEXT NOT NULL,
  departed {int} NOT NULL,
  PRIMARY KEY (session, box, person)
);
CREATE TABLE count_differences (
  session {int} NOT NULL,
  box     {int} NOT NULL,
  class   TEXT NOT NULL, -- after the count
  reason  TEXT NOT NULL,
  by_whom TEXT NOT NULL, -- who recounted it; empty: nobody yet
  at      TEXT NOT NULL,
  found   {int} NOT NULL, -- 1: it was here at the recount
  now     TEXT NOT NULL, -- class after the recount
  why     TEXT NOT NULL,
  PRIMARY KEY (session, box)
);
