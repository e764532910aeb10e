-- Packets of which no report of the receiver has told yet. NULL where none has come.

ALTER TABLE streams ADD COLUMN unreported_packets BIGINT;
