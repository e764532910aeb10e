-- What can be read of RTCP: clear, decrypted, opaque and why; '' where none was seen.

ALTER TABLE connections ADD COLUMN rtcp TEXT NOT NULL DEFAULT '';
ALTER TABLE connections ADD COLUMN rtcp_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE flows ADD COLUMN rtcp TEXT NOT NULL DEFAULT '';
ALTER TABLE flows ADD COLUMN rtcp_reason TEXT NOT NULL DEFAULT '';
