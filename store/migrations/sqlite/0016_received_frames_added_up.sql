-- Frames that the client had in the time that a row stands for, and the seconds of it of which it told. NULL: of none.

ALTER TABLE samples_10s ADD COLUMN received_frames INTEGER;
ALTER TABLE samples_10s ADD COLUMN received_seconds INTEGER NOT NULL DEFAULT 0;
ALTER TABLE samples_60s ADD COLUMN received_frames INTEGER;
ALTER TABLE samples_60s ADD COLUMN received_seconds INTEGER NOT NULL DEFAULT 0;
