-- What receivers say of a stream in RTCP; NULL where none could be read.

ALTER TABLE streams ADD COLUMN remote_lost INTEGER;
ALTER TABLE streams ADD COLUMN remote_fraction_lost REAL;
ALTER TABLE streams ADD COLUMN remote_jitter_ms REAL;
ALTER TABLE streams ADD COLUMN round_trip_ms REAL;
ALTER TABLE streams ADD COLUMN round_trip_min_ms REAL;
ALTER TABLE streams ADD COLUMN round_trip_mean_ms REAL;
ALTER TABLE streams ADD COLUMN nack_count INTEGER;
ALTER TABLE streams ADD COLUMN nacked_packets INTEGER;
ALTER TABLE streams ADD COLUMN pli_count INTEGER;
ALTER TABLE streams ADD COLUMN fir_count INTEGER;
