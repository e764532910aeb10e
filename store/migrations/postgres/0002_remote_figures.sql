-- What receivers say of a stream in RTCP; NULL where none could be read.

ALTER TABLE streams ADD COLUMN remote_lost BIGINT;
ALTER TABLE streams ADD COLUMN remote_fraction_lost DOUBLE PRECISION;
ALTER TABLE streams ADD COLUMN remote_jitter_ms DOUBLE PRECISION;
ALTER TABLE streams ADD COLUMN round_trip_ms DOUBLE PRECISION;
ALTER TABLE streams ADD COLUMN round_trip_min_ms DOUBLE PRECISION;
ALTER TABLE streams ADD COLUMN round_trip_mean_ms DOUBLE PRECISION;
ALTER TABLE streams ADD COLUMN nack_count BIGINT;
ALTER TABLE streams ADD COLUMN nacked_packets BIGINT;
ALTER TABLE streams ADD COLUMN pli_count BIGINT;
ALTER TABLE streams ADD COLUMN fir_count BIGINT;
