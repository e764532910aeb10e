-- What header extensions say of a stream; freezes by sample. NULL where not measured.

ALTER TABLE streams ADD COLUMN header_extensions TEXT NOT NULL DEFAULT '';
ALTER TABLE streams ADD COLUMN repaired_rid TEXT NOT NULL DEFAULT '';
ALTER TABLE streams ADD COLUMN cryptex_packets BIGINT;
ALTER TABLE streams ADD COLUMN rotation_degrees BIGINT;
ALTER TABLE streams ADD COLUMN playout_delay_min_ms DOUBLE PRECISION;
ALTER TABLE streams ADD COLUMN playout_delay_max_ms DOUBLE PRECISION;
ALTER TABLE streams ADD COLUMN target_bitrate_bps BIGINT;
ALTER TABLE streams ADD COLUMN target_width BIGINT;
ALTER TABLE streams ADD COLUMN target_height BIGINT;
ALTER TABLE streams ADD COLUMN target_fps BIGINT;
ALTER TABLE streams ADD COLUMN frame_width BIGINT;
ALTER TABLE streams ADD COLUMN frame_height BIGINT;
ALTER TABLE streams ADD COLUMN described_frames BIGINT;
ALTER TABLE streams ADD COLUMN key_frames BIGINT;
ALTER TABLE streams ADD COLUMN skipped_frames BIGINT;
ALTER TABLE streams ADD COLUMN encode_ms DOUBLE PRECISION;
ALTER TABLE streams ADD COLUMN pacer_ms DOUBLE PRECISION;
ALTER TABLE streams ADD COLUMN capture_to_send_ms DOUBLE PRECISION;
ALTER TABLE streams ADD COLUMN delay_variation_p50_ms DOUBLE PRECISION;
ALTER TABLE streams ADD COLUMN delay_variation_p99_ms DOUBLE PRECISION;
ALTER TABLE streams ADD COLUMN delay_variation_source TEXT NOT NULL DEFAULT '';
ALTER TABLE streams ADD COLUMN clock_drift_ppm DOUBLE PRECISION;
ALTER TABLE samples ADD COLUMN freezes BIGINT;
