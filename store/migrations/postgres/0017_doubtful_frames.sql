-- Frames behind a loss in a stream with temporal layers: whether the client showed them is not known.

ALTER TABLE streams ADD COLUMN doubtful_frames BIGINT;
