-- The tables of store/migrations/sqlite, in partitions by the day like samples.
-- Samples of 1 s added up to 10 s and to 60 s, each level kept for a time of its own. A row stands for the samples that
-- begin in [start_ns, start_ns + resolution); start_ns is a multiple of the resolution since 1970.

CREATE TABLE samples_10s (
  stream_id BIGINT NOT NULL,
  start_ns BIGINT NOT NULL,
  sample_count BIGINT NOT NULL,
  measured_ns BIGINT NOT NULL,  -- the samples' times together: what a bitrate is bytes * 8 over
  packets BIGINT NOT NULL,
  bytes BIGINT NOT NULL,
  expected BIGINT NOT NULL,
  lost BIGINT NOT NULL,
  duplicates BIGINT NOT NULL,
  reordered BIGINT NOT NULL,
  frames BIGINT NOT NULL,
  capture_drops BIGINT NOT NULL,
  stalls BIGINT NOT NULL,
  jitter_ms DOUBLE PRECISION,  -- highest
  jitter_mean_ms DOUBLE PRECISION,
  jitter_time_ns BIGINT NOT NULL,  -- of the samples that have one: the weight of the mean
  frame_rate_fps DOUBLE PRECISION,              -- mean
  frame_time_ns BIGINT NOT NULL,   -- likewise
  frame_jitter_ms DOUBLE PRECISION,             -- highest
  PRIMARY KEY (stream_id, start_ns)
) PARTITION BY RANGE (start_ns);
CREATE TABLE samples_10s_other PARTITION OF samples_10s DEFAULT;

CREATE TABLE samples_60s (
  stream_id BIGINT NOT NULL,
  start_ns BIGINT NOT NULL,
  sample_count BIGINT NOT NULL,
  measured_ns BIGINT NOT NULL,
  packets BIGINT NOT NULL,
  bytes BIGINT NOT NULL,
  expected BIGINT NOT NULL,
  lost BIGINT NOT NULL,
  duplicates BIGINT NOT NULL,
  reordered BIGINT NOT NULL,
  frames BIGINT NOT NULL,
  capture_drops BIGINT NOT NULL,
  stalls BIGINT NOT NULL,
  jitter_ms DOUBLE PRECISION,
  jitter_mean_ms DOUBLE PRECISION,
  jitter_time_ns BIGINT NOT NULL,
  frame_rate_fps DOUBLE PRECISION,
  frame_time_ns BIGINT NOT NULL,
  frame_jitter_ms DOUBLE PRECISION,
  PRIMARY KEY (stream_id, start_ns)
) PARTITION BY RANGE (start_ns);
CREATE TABLE samples_60s_other PARTITION OF samples_60s DEFAULT;

-- Minutes of streams with samples that are not yet in the levels above; written with the samples.
CREATE TABLE samples_due (
  stream_id BIGINT NOT NULL,
  minute_ns BIGINT NOT NULL,
  PRIMARY KEY (stream_id, minute_ns)
);
CREATE INDEX samples_due_by_time ON samples_due (minute_ns);
INSERT INTO samples_due (stream_id, minute_ns)
  SELECT DISTINCT stream_id, start_ns - (start_ns % 60000000000 + 60000000000) % 60000000000 FROM samples
  WHERE start_ns BETWEEN -9000000000000000000 AND 9000000000000000000;

-- What began earlier than kept_from_ns may have been deleted from the level.
CREATE TABLE sample_levels (
  resolution_s BIGINT PRIMARY KEY,
  kept_from_ns BIGINT NOT NULL
);
INSERT INTO sample_levels (resolution_s, kept_from_ns)
  VALUES (1, -9223372036854775808), (10, -9223372036854775808), (60, -9223372036854775808);
