-- Losses on both sides of the tap, the server's relaying, playout, voice, round trips of a flow; NULL where not
-- measured.

ALTER TABLE streams ADD COLUMN lost_after_tap INTEGER;
ALTER TABLE streams ADD COLUMN lost_after_tap_source TEXT NOT NULL DEFAULT '';
ALTER TABLE streams ADD COLUMN feedback_packets INTEGER;
ALTER TABLE streams ADD COLUMN feedback_lost INTEGER;
ALTER TABLE streams ADD COLUMN retransmitted_packets INTEGER;
ALTER TABLE streams ADD COLUMN repaired_packets INTEGER;
ALTER TABLE streams ADD COLUMN unrepaired_packets INTEGER;
ALTER TABLE streams ADD COLUMN relayed_lost INTEGER;
ALTER TABLE streams ADD COLUMN server_lost INTEGER;
ALTER TABLE streams ADD COLUMN source_stream_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE streams ADD COLUMN source_ssrc INTEGER;
ALTER TABLE streams ADD COLUMN forwarding_p50_ms REAL;
ALTER TABLE streams ADD COLUMN forwarding_p99_ms REAL;
ALTER TABLE streams ADD COLUMN source_switches INTEGER;
ALTER TABLE streams ADD COLUMN freezes INTEGER;
ALTER TABLE streams ADD COLUMN frozen_ms REAL;
ALTER TABLE streams ADD COLUMN mos_lq REAL;
ALTER TABLE streams ADD COLUMN mos_cq REAL;
ALTER TABLE streams ADD COLUMN voice_rating REAL;
ALTER TABLE streams ADD COLUMN voice_loss_ratio REAL;
ALTER TABLE streams ADD COLUMN voice_delay_ms REAL;
ALTER TABLE streams ADD COLUMN talk_ms REAL;
ALTER TABLE streams ADD COLUMN talk_ratio REAL;
ALTER TABLE streams ADD COLUMN audio_level_dbov REAL;
ALTER TABLE streams ADD COLUMN round_trip_median_ms REAL;

ALTER TABLE flows ADD COLUMN client_round_trip_ms REAL;
ALTER TABLE flows ADD COLUMN client_round_trip_source TEXT NOT NULL DEFAULT '';
ALTER TABLE flows ADD COLUMN server_round_trip_ms REAL;
ALTER TABLE flows ADD COLUMN server_round_trip_source TEXT NOT NULL DEFAULT '';
