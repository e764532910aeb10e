-- Frames that the client had whole, by its transport-wide feedback. NULL where it gives none; of a sample, those of the
-- second that begins 3 s earlier.

ALTER TABLE streams ADD COLUMN received_frames INTEGER;
ALTER TABLE samples ADD COLUMN received_frames INTEGER;
