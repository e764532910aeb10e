-- Entities by id, samples and events by time. Times are ns since 1970 UTC, ids are 64 bits as a signed INTEGER, a link
-- that is not known is 0. Columns below "derived" are computed from other rows in the same transaction.

CREATE TABLE hosts (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  media_server TEXT NOT NULL,
  first_seen_ns INTEGER NOT NULL,
  last_seen_ns INTEGER NOT NULL
) STRICT;
CREATE INDEX hosts_by_time ON hosts (first_seen_ns);

CREATE TABLE conferences (
  id INTEGER PRIMARY KEY,
  host_id INTEGER NOT NULL,
  server TEXT NOT NULL,
  plugin TEXT NOT NULL,
  room TEXT NOT NULL,
  started_at_ns INTEGER NOT NULL,
  ended_at_ns INTEGER,
  end_reason TEXT,
  end_source TEXT,
  -- derived
  live INTEGER GENERATED ALWAYS AS (ended_at_ns IS NULL) VIRTUAL,
  severity INTEGER NOT NULL DEFAULT 0,  -- 0 unknown, 1 good, 2 degraded, 3 bad
  health_reason TEXT NOT NULL DEFAULT 'no media to judge',
  participant_count INTEGER NOT NULL DEFAULT 0,
  present_count INTEGER NOT NULL DEFAULT 0,
  connection_count INTEGER NOT NULL DEFAULT 0,
  stream_count INTEGER NOT NULL DEFAULT 0,
  uplink_streams INTEGER,  -- NULL: no judged stream of this direction
  uplink_packets INTEGER,
  uplink_expected INTEGER,
  uplink_lost INTEGER,
  uplink_loss_ratio REAL,
  uplink_jitter_ms REAL,
  uplink_bitrate_bps REAL,
  downlink_streams INTEGER,
  downlink_packets INTEGER,
  downlink_expected INTEGER,
  downlink_lost INTEGER,
  downlink_loss_ratio REAL,
  downlink_jitter_ms REAL,
  downlink_bitrate_bps REAL
) STRICT;
CREATE INDEX conferences_by_time ON conferences (started_at_ns);
CREATE INDEX conferences_by_state ON conferences (live, started_at_ns);
CREATE INDEX conferences_by_room ON conferences (room, started_at_ns);
CREATE INDEX conferences_by_severity ON conferences (severity, live, started_at_ns);
CREATE INDEX conferences_by_state_and_severity ON conferences (live, severity, started_at_ns);
CREATE INDEX conferences_by_end ON conferences (ended_at_ns) WHERE ended_at_ns IS NOT NULL;

CREATE TABLE participants (
  id INTEGER PRIMARY KEY,
  conference_id INTEGER NOT NULL,
  user_id TEXT NOT NULL,
  display TEXT NOT NULL,
  first_seen_ns INTEGER NOT NULL,
  -- derived: how the last session ended; NULL while one is open or none is known
  left_at_ns INTEGER,
  left_reason TEXT,
  left_source TEXT
) STRICT;
CREATE INDEX participants_by_time ON participants (first_seen_ns);
CREATE INDEX participants_by_conference ON participants (conference_id, first_seen_ns);
CREATE INDEX participants_live ON participants (first_seen_ns) WHERE left_at_ns IS NULL;
CREATE INDEX participants_by_end ON participants (left_at_ns) WHERE left_at_ns IS NOT NULL;

CREATE TABLE sessions (
  id INTEGER PRIMARY KEY,
  conference_id INTEGER NOT NULL,
  participant_id INTEGER NOT NULL,
  server_session TEXT NOT NULL,
  signalling_address TEXT NOT NULL,
  joined_at_ns INTEGER NOT NULL,
  left_at_ns INTEGER,
  left_reason TEXT,
  left_source TEXT
) STRICT;
CREATE INDEX sessions_by_time ON sessions (joined_at_ns);
CREATE INDEX sessions_by_conference ON sessions (conference_id, joined_at_ns);
CREATE INDEX sessions_by_participant ON sessions (participant_id, joined_at_ns);
CREATE INDEX sessions_live ON sessions (joined_at_ns) WHERE left_at_ns IS NULL;
CREATE INDEX sessions_by_end ON sessions (left_at_ns) WHERE left_at_ns IS NOT NULL;

CREATE TABLE connections (
  id INTEGER PRIMARY KEY,
  conference_id INTEGER NOT NULL,
  participant_id INTEGER NOT NULL,
  session_id INTEGER NOT NULL,
  server TEXT NOT NULL,
  server_session TEXT NOT NULL,
  server_handle TEXT NOT NULL,
  opaque_id TEXT NOT NULL,
  plugin TEXT NOT NULL,
  role TEXT NOT NULL,
  ice_state TEXT NOT NULL,
  dtls_state TEXT NOT NULL,
  started_at_ns INTEGER NOT NULL,
  connected_at_ns INTEGER,
  ended_at_ns INTEGER,
  end_reason TEXT,
  end_source TEXT
) STRICT;
CREATE INDEX connections_by_time ON connections (started_at_ns);
CREATE INDEX connections_by_conference ON connections (conference_id, started_at_ns);
CREATE INDEX connections_by_participant ON connections (participant_id, started_at_ns);
CREATE INDEX connections_by_session ON connections (session_id, started_at_ns);
CREATE INDEX connections_by_handle ON connections (server_handle) WHERE server_handle <> '';
CREATE INDEX connections_live ON connections (started_at_ns) WHERE ended_at_ns IS NULL;
CREATE INDEX connections_live_by_conference ON connections (conference_id) WHERE ended_at_ns IS NULL;
CREATE INDEX connections_by_end ON connections (ended_at_ns) WHERE ended_at_ns IS NOT NULL;

CREATE TABLE flows (
  id INTEGER PRIMARY KEY,
  connection_id INTEGER NOT NULL,
  host_id INTEGER NOT NULL,
  confidence REAL NOT NULL,
  evidence TEXT NOT NULL,   -- JSON: [[kind, detail], ...]
  conflicts TEXT NOT NULL,  -- likewise
  server_address TEXT NOT NULL,
  server_port INTEGER NOT NULL,
  client_address TEXT NOT NULL,
  client_port INTEGER NOT NULL,
  server_known INTEGER NOT NULL,
  transport TEXT NOT NULL,
  encapsulation TEXT NOT NULL,
  interface TEXT NOT NULL,
  first_packet_ns INTEGER NOT NULL,
  last_packet_ns INTEGER NOT NULL,
  packets_up INTEGER NOT NULL,
  packets_down INTEGER NOT NULL,
  bytes_up INTEGER NOT NULL,
  bytes_down INTEGER NOT NULL,
  stun_packets INTEGER NOT NULL,
  dtls_packets INTEGER NOT NULL,
  rtp_packets INTEGER NOT NULL,
  rtcp_packets INTEGER NOT NULL,
  other_packets INTEGER NOT NULL,
  client_ufrag TEXT NOT NULL,
  server_ufrag TEXT NOT NULL,
  ice_round_trip_ms REAL,
  dtls_version TEXT NOT NULL,
  dtls_cipher TEXT NOT NULL,
  srtp_profile TEXT NOT NULL,
  dtls_client TEXT NOT NULL,
  dtls_handshake_ms REAL,
  fingerprint_client TEXT NOT NULL,
  fingerprint_server TEXT NOT NULL,
  ended_at_ns INTEGER,
  end_reason TEXT,
  end_source TEXT
) STRICT;
CREATE INDEX flows_by_time ON flows (first_packet_ns);
CREATE INDEX flows_by_connection ON flows (connection_id, first_packet_ns);
CREATE INDEX flows_by_host ON flows (host_id, first_packet_ns);
CREATE INDEX flows_by_server ON flows (server_address, first_packet_ns);
CREATE INDEX flows_by_client ON flows (client_address, first_packet_ns);
CREATE INDEX flows_by_server_ufrag ON flows (server_ufrag) WHERE server_ufrag <> '';
CREATE INDEX flows_by_client_ufrag ON flows (client_ufrag) WHERE client_ufrag <> '';
CREATE INDEX flows_live ON flows (first_packet_ns) WHERE ended_at_ns IS NULL;
CREATE INDEX flows_by_end ON flows (ended_at_ns) WHERE ended_at_ns IS NOT NULL;

CREATE TABLE streams (
  id INTEGER PRIMARY KEY,
  flow_id INTEGER NOT NULL,
  connection_id INTEGER NOT NULL,
  conference_id INTEGER NOT NULL,
  participant_id INTEGER NOT NULL,
  source_participant_id INTEGER NOT NULL,
  ssrc INTEGER NOT NULL,
  direction TEXT NOT NULL,
  kind TEXT NOT NULL,
  codec TEXT NOT NULL,
  payload_type INTEGER NOT NULL,
  clock_rate_hz INTEGER,
  clock_rate_source TEXT NOT NULL,
  mid TEXT NOT NULL,
  rid TEXT NOT NULL,
  rtx_of_ssrc INTEGER,
  first_packet_ns INTEGER NOT NULL,
  last_packet_ns INTEGER NOT NULL,
  packets INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  expected INTEGER NOT NULL,
  lost INTEGER NOT NULL,
  duplicates INTEGER NOT NULL,
  reordered INTEGER NOT NULL,
  frames INTEGER NOT NULL,
  bitrate_bps REAL,
  jitter_ms REAL,
  jitter_max_ms REAL,
  jitter_mean_ms REAL,
  jitter_frame_ms REAL,
  max_gap_ms REAL NOT NULL,
  recent_loss_ratio REAL,
  recent_bitrate_bps REAL,
  capture_drops INTEGER NOT NULL,
  ended INTEGER NOT NULL
) STRICT;
CREATE INDEX streams_by_time ON streams (first_packet_ns);
CREATE INDEX streams_by_conference ON streams (conference_id, first_packet_ns);
CREATE INDEX streams_by_participant ON streams (participant_id, first_packet_ns);
CREATE INDEX streams_by_connection ON streams (connection_id, first_packet_ns);
CREATE INDEX streams_by_flow ON streams (flow_id, first_packet_ns);
CREATE INDEX streams_by_ssrc ON streams (ssrc);
CREATE INDEX streams_live ON streams (first_packet_ns) WHERE ended = 0;
CREATE INDEX streams_live_by_conference ON streams (conference_id) WHERE ended = 0;
CREATE INDEX streams_by_end ON streams (last_packet_ns) WHERE ended = 1;

CREATE TABLE samples (
  stream_id INTEGER NOT NULL,
  start_ns INTEGER NOT NULL,
  end_ns INTEGER NOT NULL,
  packets INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  expected INTEGER NOT NULL,
  lost INTEGER NOT NULL,
  duplicates INTEGER NOT NULL,
  reordered INTEGER NOT NULL,
  frames INTEGER NOT NULL,
  bitrate_bps REAL,
  jitter_ms REAL,
  capture_drops INTEGER NOT NULL,
  PRIMARY KEY (stream_id, start_ns)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
  id INTEGER NOT NULL,  -- a hash of everything below: the same event is one row
  time_ns INTEGER NOT NULL,
  host_id INTEGER NOT NULL,
  conference_id INTEGER NOT NULL,
  participant_id INTEGER NOT NULL,
  session_id INTEGER NOT NULL,
  connection_id INTEGER NOT NULL,
  stream_id INTEGER NOT NULL,
  source TEXT NOT NULL,
  kind TEXT NOT NULL,
  text TEXT NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (time_ns, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX events_by_conference ON events (conference_id, time_ns);
CREATE INDEX events_by_participant ON events (participant_id, time_ns);
CREATE INDEX events_by_connection ON events (connection_id, time_ns);
CREATE INDEX events_by_kind ON events (kind, time_ns);
