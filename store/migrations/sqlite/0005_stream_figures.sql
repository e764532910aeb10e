-- How medium and codec are known, losses before the tap, frames of video; NULL where not measured.

ALTER TABLE streams ADD COLUMN kind_source TEXT NOT NULL DEFAULT '';
ALTER TABLE streams ADD COLUMN codec_source TEXT NOT NULL DEFAULT '';
ALTER TABLE streams ADD COLUMN rtx_source TEXT NOT NULL DEFAULT '';
ALTER TABLE streams ADD COLUMN kind_after_ms REAL;
ALTER TABLE streams ADD COLUMN lost_rfc3550 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE streams ADD COLUMN padding_packets INTEGER NOT NULL DEFAULT 0;
ALTER TABLE streams ADD COLUMN padding_bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE streams ADD COLUMN longest_loss INTEGER NOT NULL DEFAULT 0;
ALTER TABLE streams ADD COLUMN bursts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE streams ADD COLUMN burst_packets INTEGER NOT NULL DEFAULT 0;
ALTER TABLE streams ADD COLUMN burst_lost INTEGER NOT NULL DEFAULT 0;
ALTER TABLE streams ADD COLUMN gap_packets INTEGER NOT NULL DEFAULT 0;
ALTER TABLE streams ADD COLUMN gap_lost INTEGER NOT NULL DEFAULT 0;
ALTER TABLE streams ADD COLUMN burst_density_ratio REAL;
ALTER TABLE streams ADD COLUMN gap_density_ratio REAL;
ALTER TABLE streams ADD COLUMN burst_duration_ms REAL;
ALTER TABLE streams ADD COLUMN frame_rate_fps REAL;
ALTER TABLE streams ADD COLUMN frame_bytes_mean REAL;
ALTER TABLE streams ADD COLUMN frame_bytes_max INTEGER;
ALTER TABLE streams ADD COLUMN frame_interval_ms REAL;
ALTER TABLE streams ADD COLUMN frame_jitter_ms REAL;
ALTER TABLE streams ADD COLUMN stalls INTEGER;
ALTER TABLE streams ADD COLUMN stalled_ms REAL;
ALTER TABLE streams ADD COLUMN absent TEXT NOT NULL DEFAULT '[]';  -- JSON: [[figure, reason], ...]

ALTER TABLE samples ADD COLUMN frame_rate_fps REAL;
ALTER TABLE samples ADD COLUMN frame_jitter_ms REAL;
ALTER TABLE samples ADD COLUMN stalls INTEGER NOT NULL DEFAULT 0;
