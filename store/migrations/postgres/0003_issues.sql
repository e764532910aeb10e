-- What was wrong, from when to when.

CREATE TABLE issues (
  id BIGINT NOT NULL PRIMARY KEY,
  host_id BIGINT NOT NULL,
  conference_id BIGINT NOT NULL,
  participant_id BIGINT NOT NULL,
  connection_id BIGINT NOT NULL,
  stream_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  severity TEXT NOT NULL,
  started_at_ns BIGINT NOT NULL,
  ended_at_ns BIGINT,
  text TEXT NOT NULL,
  evidence TEXT NOT NULL
);
CREATE INDEX issues_by_start ON issues (started_at_ns, id);
CREATE INDEX issues_by_conference ON issues (conference_id, started_at_ns, id);
CREATE INDEX issues_by_participant ON issues (participant_id, started_at_ns, id);
CREATE INDEX issues_by_connection ON issues (connection_id, started_at_ns, id);
CREATE INDEX issues_by_kind ON issues (kind, started_at_ns, id);
CREATE INDEX issues_open ON issues (started_at_ns, id) WHERE ended_at_ns IS NULL;
CREATE INDEX issues_by_end ON issues (ended_at_ns) WHERE ended_at_ns IS NOT NULL;
