-- What header extensions say of a stream; freezes by sample. NULL where not measured.

ALTER TABLE streams ADD COLUMN header_extensions TEXT NOT NULL DEFAULT '';
ALTER TABLE streams ADD COLUMN repaired_rid TEXT NOT NULL DEFAULT '';
ALTER TABLE streams ADD COLUMN cryptex_packets INTEGER;
ALTER TABLE streams ADD COLUMN rotation_degrees INTEGER;
ALTER TABLE streams ADD COLUMN playout_delay_min_ms REAL;
ALTER TABLE streams ADD COLUMN playout_delay_max_ms REAL;
ALTER TABLE streams ADD COLUMN target_bitrate_bps INTEGER;
ALTER TABLE streams ADD COLUMN target_width INTEGER;
ALTER TABLE streams ADD COLUMN target_height INTEGER;
ALTER TABLE streams ADD COLUMN target_fps INTEGER;
ALTER TABLE streams ADD COLUMN frame_width INTEGER;
ALTER TABLE streams ADD COLUMN frame_height INTEGER;
ALTER TABLE streams ADD COLUMN described_frames INTEGER;
ALTER TABLE streams ADD COLUMN key_frames INTEGER;
ALTER TABLE streams ADD COLUMN skipped_frames INTEGER;
ALTER TABLE streams ADD COLUMN encode_ms REAL;
ALTER TABLE streams ADD COLUMN pacer_ms REAL;
ALTER TABLE streams ADD COLUMN capture_to_send_ms REAL;
ALTER TABLE streams ADD COLUMN delay_variation_p50_ms REAL;
ALTER TABLE streams ADD COLUMN delay_variation_p99_ms REAL;
ALTER TABLE streams ADD COLUMN delay_variation_source TEXT NOT NULL DEFAULT '';
ALTER TABLE streams ADD COLUMN clock_drift_ppm REAL;
ALTER TABLE samples ADD COLUMN freezes INTEGER;
