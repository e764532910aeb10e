-- Samples of 1 s added up to 10 s and to 60 s, each level kept for a time of its own. A row stands for the samples that
-- begin in [start_ns, start_ns + resolution); start_ns is a multiple of the resolution since 1970.

CREATE TABLE samples_10s (
  stream_id INTEGER NOT NULL,
  start_ns INTEGER NOT NULL,
  sample_count INTEGER NOT NULL,
  measured_ns INTEGER NOT NULL,  -- the samples' times together: what a bitrate is bytes * 8 over
  packets INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  expected INTEGER NOT NULL,
  lost INTEGER NOT NULL,
  duplicates INTEGER NOT NULL,
  reordered INTEGER NOT NULL,
  frames INTEGER NOT NULL,
  capture_drops INTEGER NOT NULL,
  stalls INTEGER NOT NULL,
  jitter_ms REAL,  -- highest
  jitter_mean_ms REAL,
  jitter_time_ns INTEGER NOT NULL,  -- of the samples that have one: the weight of the mean
  frame_rate_fps REAL,              -- mean
  frame_time_ns INTEGER NOT NULL,   -- likewise
  frame_jitter_ms REAL,             -- highest
  PRIMARY KEY (stream_id, start_ns)
) STRICT, WITHOUT ROWID;

CREATE TABLE samples_60s (
  stream_id INTEGER NOT NULL,
  start_ns INTEGER NOT NULL,
  sample_count INTEGER NOT NULL,
  measured_ns INTEGER NOT NULL,
  packets INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  expected INTEGER NOT NULL,
  lost INTEGER NOT NULL,
  duplicates INTEGER NOT NULL,
  reordered INTEGER NOT NULL,
  frames INTEGER NOT NULL,
  capture_drops INTEGER NOT NULL,
  stalls INTEGER NOT NULL,
  jitter_ms REAL,
  jitter_mean_ms REAL,
  jitter_time_ns INTEGER NOT NULL,
  frame_rate_fps REAL,
  frame_time_ns INTEGER NOT NULL,
  frame_jitter_ms REAL,
  PRIMARY KEY (stream_id, start_ns)
) STRICT, WITHOUT ROWID;

-- Minutes of streams with samples that are not yet in the levels above; written with the samples.
CREATE TABLE samples_due (
  stream_id INTEGER NOT NULL,
  minute_ns INTEGER NOT NULL,
  PRIMARY KEY (stream_id, minute_ns)
) STRICT, WITHOUT ROWID;
CREATE INDEX samples_due_by_time ON samples_due (minute_ns);
INSERT INTO samples_due (stream_id, minute_ns)
  SELECT DISTINCT stream_id, start_ns - (start_ns % 60000000000 + 60000000000) % 60000000000 FROM samples
  WHERE start_ns BETWEEN -9000000000000000000 AND 9000000000000000000;

-- What began earlier than kept_from_ns may have been deleted from the level.
CREATE TABLE sample_levels (
  resolution_s INTEGER PRIMARY KEY,
  kept_from_ns INTEGER NOT NULL
) STRICT;
INSERT INTO sample_levels (resolution_s, kept_from_ns)
  VALUES (1, -9223372036854775808), (10, -9223372036854775808), (60, -9223372036854775808);
