-- What was wrong, from when to when.

CREATE TABLE issues (
  id INTEGER NOT NULL PRIMARY KEY,
  host_id INTEGER NOT NULL,
  conference_id INTEGER NOT NULL,
  participant_id INTEGER NOT NULL,
  connection_id INTEGER NOT NULL,
  stream_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  severity TEXT NOT NULL,
  started_at_ns INTEGER NOT NULL,
  ended_at_ns INTEGER,
  text TEXT NOT NULL,
  evidence TEXT NOT NULL
) STRICT;
CREATE INDEX issues_by_start ON issues (started_at_ns, id);
CREATE INDEX issues_by_conference ON issues (conference_id, started_at_ns, id);
CREATE INDEX issues_by_participant ON issues (participant_id, started_at_ns, id);
CREATE INDEX issues_by_connection ON issues (connection_id, started_at_ns, id);
CREATE INDEX issues_by_kind ON issues (kind, started_at_ns, id);
CREATE INDEX issues_open ON issues (started_at_ns, id) WHERE ended_at_ns IS NULL;
CREATE INDEX issues_by_end ON issues (ended_at_ns) WHERE ended_at_ns IS NOT NULL;
