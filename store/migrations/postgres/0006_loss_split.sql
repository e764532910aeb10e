-- Losses on both sides of the tap, the server's relaying, playout, voice, round trips of a flow; NULL where not
-- measured.

ALTER TABLE streams ADD COLUMN lost_after_tap BIGINT;
ALTER TABLE streams ADD COLUMN lost_after_tap_source TEXT NOT NULL DEFAULT '';
ALTER TABLE streams ADD COLUMN feedback_packets BIGINT;
ALTER TABLE streams ADD COLUMN feedback_lost BIGINT;
ALTER TABLE streams ADD COLUMN retransmitted_packets BIGINT;
ALTER TABLE streams ADD COLUMN repaired_packets BIGINT;
ALTER TABLE streams ADD COLUMN unrepaired_packets BIGINT;
ALTER TABLE streams ADD COLUMN relayed_lost BIGINT;
ALTER TABLE streams ADD COLUMN server_lost BIGINT;
ALTER TABLE streams ADD COLUMN source_stream_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE streams ADD COLUMN source_ssrc BIGINT;
ALTER TABLE streams ADD COLUMN forwarding_p50_ms DOUBLE PRECISION;
ALTER TABLE streams ADD COLUMN forwarding_p99_ms DOUBLE PRECISION;
ALTER TABLE streams ADD COLUMN source_switches BIGINT;
ALTER TABLE streams ADD COLUMN freezes BIGINT;
ALTER TABLE streams ADD COLUMN frozen_ms DOUBLE PRECISION;
ALTER TABLE streams ADD COLUMN mos_lq DOUBLE PRECISION;
ALTER TABLE streams ADD COLUMN mos_cq DOUBLE PRECISION;
ALTER TABLE streams ADD COLUMN voice_rating DOUBLE PRECISION;
ALTER TABLE streams ADD COLUMN voice_loss_ratio DOUBLE PRECISION;
ALTER TABLE streams ADD COLUMN voice_delay_ms DOUBLE PRECISION;
ALTER TABLE streams ADD COLUMN talk_ms DOUBLE PRECISION;
ALTER TABLE streams ADD COLUMN talk_ratio DOUBLE PRECISION;
ALTER TABLE streams ADD COLUMN audio_level_dbov DOUBLE PRECISION;
ALTER TABLE streams ADD COLUMN round_trip_median_ms DOUBLE PRECISION;

ALTER TABLE flows ADD COLUMN client_round_trip_ms DOUBLE PRECISION;
ALTER TABLE flows ADD COLUMN client_round_trip_source TEXT NOT NULL DEFAULT '';
ALTER TABLE flows ADD COLUMN server_round_trip_ms DOUBLE PRECISION;
ALTER TABLE flows ADD COLUMN server_round_trip_source TEXT NOT NULL DEFAULT '';
