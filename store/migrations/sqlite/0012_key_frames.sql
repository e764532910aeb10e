-- Key frames and how long they were waited for; FEC and RED. NULL where not measured. relay_leg: in no sum.

ALTER TABLE streams ADD COLUMN key_frames_source TEXT NOT NULL DEFAULT '';
ALTER TABLE streams ADD COLUMN key_frame_waits INTEGER;
ALTER TABLE streams ADD COLUMN key_frame_wait_p50_ms REAL;
ALTER TABLE streams ADD COLUMN key_frame_wait_max_ms REAL;
ALTER TABLE streams ADD COLUMN fec_of_ssrc INTEGER;
ALTER TABLE streams ADD COLUMN red_codec TEXT NOT NULL DEFAULT '';
ALTER TABLE streams ADD COLUMN relay_leg INTEGER NOT NULL DEFAULT 0;
