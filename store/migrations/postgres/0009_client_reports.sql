-- What clients say of themselves through the SDK of Peermetrics (docs/peermetrics.md). Ids are UUIDs as text, '' is a
-- link that is not there, times are ns since 1970 UTC; columns with JSON hold what a client sent, cut and checked.

CREATE TABLE client_secrets (
  name TEXT NOT NULL PRIMARY KEY,
  secret TEXT NOT NULL
);

CREATE TABLE client_organizations (
  id TEXT NOT NULL PRIMARY KEY,
  created_at_ns BIGINT NOT NULL,
  name TEXT NOT NULL,
  active BIGINT NOT NULL
);

CREATE TABLE client_apps (
  id TEXT NOT NULL PRIMARY KEY,
  created_at_ns BIGINT NOT NULL,
  organization_id TEXT NOT NULL,
  name TEXT NOT NULL,
  api_key TEXT NOT NULL,
  domain TEXT NOT NULL,
  interval_ms BIGINT NOT NULL,
  recording BIGINT NOT NULL,
  active BIGINT NOT NULL
);
CREATE UNIQUE INDEX client_apps_by_key ON client_apps (api_key);

CREATE TABLE client_conferences (
  id TEXT NOT NULL PRIMARY KEY,
  created_at_ns BIGINT NOT NULL,
  app_id TEXT NOT NULL,
  conference_id TEXT NOT NULL,
  conference_name TEXT NOT NULL,
  start_time_ns BIGINT,
  call_start_ns BIGINT,
  end_time_ns BIGINT,
  ongoing BIGINT NOT NULL,
  duration_s BIGINT NOT NULL,
  last_report_ns BIGINT NOT NULL
);
CREATE UNIQUE INDEX client_conferences_by_name ON client_conferences (app_id, conference_id);
CREATE INDEX client_conferences_by_time ON client_conferences (app_id, created_at_ns);
CREATE INDEX client_conferences_ongoing ON client_conferences (last_report_ns) WHERE ongoing = 1;

CREATE TABLE client_participants (
  id TEXT NOT NULL PRIMARY KEY,
  created_at_ns BIGINT NOT NULL,
  app_id TEXT NOT NULL,
  participant_id TEXT NOT NULL,
  participant_name TEXT NOT NULL,
  is_sfu BIGINT NOT NULL
);
CREATE UNIQUE INDEX client_participants_by_name ON client_participants (app_id, participant_id);

CREATE TABLE client_presences (
  conference_id TEXT NOT NULL,
  participant_id TEXT NOT NULL,
  PRIMARY KEY (conference_id, participant_id)
);
CREATE INDEX client_presences_by_participant ON client_presences (participant_id);

CREATE TABLE client_sessions (
  id TEXT NOT NULL PRIMARY KEY,
  created_at_ns BIGINT NOT NULL,
  app_id TEXT NOT NULL,
  conference_id TEXT NOT NULL,
  participant_id TEXT NOT NULL,
  constraints TEXT NOT NULL,
  devices TEXT NOT NULL,
  platform TEXT NOT NULL,
  metadata TEXT NOT NULL,
  app_version TEXT NOT NULL,
  webrtc_sdk TEXT NOT NULL,
  duration_s BIGINT NOT NULL,
  end_time_ns BIGINT,
  call_start_ns BIGINT,
  browser TEXT NOT NULL,
  os TEXT NOT NULL,
  kept_rows BIGINT NOT NULL,
  kept_bytes BIGINT NOT NULL,
  media_requests BIGINT NOT NULL,
  media_failures BIGINT NOT NULL,
  low_emos_samples BIGINT NOT NULL,
  very_low_emos_samples BIGINT NOT NULL
);
CREATE INDEX client_sessions_by_conference ON client_sessions (conference_id, created_at_ns);
CREATE INDEX client_sessions_by_participant ON client_sessions (participant_id, created_at_ns);
CREATE INDEX client_sessions_by_app ON client_sessions (app_id, created_at_ns);

CREATE TABLE client_connections (
  id TEXT NOT NULL PRIMARY KEY,
  created_at_ns BIGINT NOT NULL,
  app_id TEXT NOT NULL,
  session_id TEXT NOT NULL,
  conference_id TEXT NOT NULL,
  participant_id TEXT NOT NULL,
  peer_id TEXT NOT NULL,
  type TEXT NOT NULL,
  state TEXT NOT NULL,
  start_time_ns BIGINT,
  end_time_ns BIGINT,
  duration_s BIGINT NOT NULL,
  connection_info TEXT NOT NULL,
  established BIGINT NOT NULL,
  setup_ms BIGINT
);
CREATE INDEX client_connections_by_session ON client_connections (session_id, created_at_ns);
CREATE INDEX client_connections_by_conference ON client_connections (conference_id, created_at_ns);
CREATE INDEX client_connections_by_participant ON client_connections (participant_id, created_at_ns);
CREATE INDEX client_connections_by_app ON client_connections (app_id, created_at_ns);

-- What a connection's SDP and candidates say of it, to be found again in packets.
CREATE TABLE client_marks (
  connection_id TEXT NOT NULL,
  kind TEXT NOT NULL,  -- ufrag_pair (client:server), fingerprint (of the client)
  value TEXT NOT NULL,
  PRIMARY KEY (connection_id, kind, value)
);
CREATE INDEX client_marks_by_value ON client_marks (value, kind);

CREATE TABLE client_tracks (
  id TEXT NOT NULL PRIMARY KEY,
  created_at_ns BIGINT NOT NULL,
  session_id TEXT NOT NULL,
  connection_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  direction TEXT NOT NULL,
  track_id TEXT NOT NULL,
  label TEXT NOT NULL,
  track_info TEXT NOT NULL
);
CREATE INDEX client_tracks_by_session ON client_tracks (session_id, track_id);

CREATE TABLE client_events (
  id TEXT NOT NULL PRIMARY KEY,
  created_at_ns BIGINT NOT NULL,
  app_id TEXT NOT NULL,
  conference_id TEXT NOT NULL,
  participant_id TEXT NOT NULL,
  peer_id TEXT NOT NULL,
  session_id TEXT NOT NULL,
  connection_id TEXT NOT NULL,
  track_id TEXT NOT NULL,
  type TEXT NOT NULL,
  category TEXT NOT NULL,
  data TEXT NOT NULL
);
CREATE INDEX client_events_by_conference ON client_events (conference_id, created_at_ns);
CREATE INDEX client_events_by_participant ON client_events (participant_id, created_at_ns);
CREATE INDEX client_events_by_time ON client_events (created_at_ns);

CREATE TABLE client_issues (
  id TEXT NOT NULL PRIMARY KEY,
  created_at_ns BIGINT NOT NULL,
  app_id TEXT NOT NULL,
  session_id TEXT NOT NULL,
  conference_id TEXT NOT NULL,
  participant_id TEXT NOT NULL,
  connection_id TEXT NOT NULL,
  track_id TEXT NOT NULL,
  type TEXT NOT NULL,
  code TEXT NOT NULL,
  data TEXT NOT NULL
);
CREATE INDEX client_issues_by_conference ON client_issues (conference_id, type);
CREATE INDEX client_issues_by_participant ON client_issues (participant_id, created_at_ns);
CREATE INDEX client_issues_by_session ON client_issues (session_id, code);
CREATE INDEX client_issues_by_app ON client_issues (app_id, created_at_ns);
