-- Why a figure is not there is reckoned when it is read, from the figures and these two.

ALTER TABLE streams ADD COLUMN sampled INTEGER NOT NULL DEFAULT 0;
ALTER TABLE streams ADD COLUMN key_frames_ambiguous INTEGER NOT NULL DEFAULT 0;
UPDATE streams SET sampled = 1 WHERE absent LIKE '%packets_sampled%';
UPDATE streams SET key_frames_ambiguous = 1 WHERE absent LIKE '%key_frames_ambiguous%';
ALTER TABLE streams DROP COLUMN absent;
