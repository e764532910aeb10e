-- The tables of store/migrations/sqlite, column by column (a test compares). Times are ns since 1970 UTC, ids are 64 bits
-- as a signed BIGINT, a link that is not known is 0, a truth is 0 or 1. Columns below "derived" are computed from other
-- rows in the same transaction.

CREATE TABLE hosts (
  id BIGINT PRIMARY KEY,
  name TEXT NOT NULL,
  media_server TEXT NOT NULL,
  first_seen_ns BIGINT NOT NULL,
  last_seen_ns BIGINT NOT NULL
);
CREATE INDEX hosts_by_time ON hosts (first_seen_ns);

CREATE TABLE conferences (
  id BIGINT PRIMARY KEY,
  host_id BIGINT NOT NULL,
  server TEXT NOT NULL,
  plugin TEXT NOT NULL,
  room TEXT NOT NULL,
  started_at_ns BIGINT NOT NULL,
  ended_at_ns BIGINT,
  end_reason TEXT,
  end_source TEXT,
  -- derived
  live BIGINT GENERATED ALWAYS AS (CASE WHEN ended_at_ns IS NULL THEN 1 ELSE 0 END) STORED,
  severity BIGINT NOT NULL DEFAULT 0,  -- 0 unknown, 1 good, 2 degraded, 3 bad
  health_reason TEXT NOT NULL DEFAULT 'no media to judge',
  participant_count BIGINT NOT NULL DEFAULT 0,
  present_count BIGINT NOT NULL DEFAULT 0,
  connection_count BIGINT NOT NULL DEFAULT 0,
  stream_count BIGINT NOT NULL DEFAULT 0,
  uplink_streams BIGINT,  -- NULL: no judged stream of this direction
  uplink_packets BIGINT,
  uplink_expected BIGINT,
  uplink_lost BIGINT,
  uplink_loss_ratio DOUBLE PRECISION,
  uplink_jitter_ms DOUBLE PRECISION,
  uplink_bitrate_bps DOUBLE PRECISION,
  downlink_streams BIGINT,
  downlink_packets BIGINT,
  downlink_expected BIGINT,
  downlink_lost BIGINT,
  downlink_loss_ratio DOUBLE PRECISION,
  downlink_jitter_ms DOUBLE PRECISION,
  downlink_bitrate_bps DOUBLE PRECISION
);
CREATE INDEX conferences_by_time ON conferences (started_at_ns);
CREATE INDEX conferences_by_state ON conferences (live, started_at_ns);
CREATE INDEX conferences_by_room ON conferences (room, started_at_ns);
CREATE INDEX conferences_by_severity ON conferences (severity, live, started_at_ns);
CREATE INDEX conferences_by_state_and_severity ON conferences (live, severity, started_at_ns);
CREATE INDEX conferences_by_end ON conferences (ended_at_ns) WHERE ended_at_ns IS NOT NULL;

CREATE TABLE participants (
  id BIGINT PRIMARY KEY,
  conference_id BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  display TEXT NOT NULL,
  first_seen_ns BIGINT NOT NULL,
  -- derived: how the last session ended; NULL while one is open or none is known
  left_at_ns BIGINT,
  left_reason TEXT,
  left_source TEXT
);
CREATE INDEX participants_by_time ON participants (first_seen_ns);
CREATE INDEX participants_by_conference ON participants (conference_id, first_seen_ns);
CREATE INDEX participants_live ON participants (first_seen_ns) WHERE left_at_ns IS NULL;
CREATE INDEX participants_by_end ON participants (left_at_ns) WHERE left_at_ns IS NOT NULL;

CREATE TABLE sessions (
  id BIGINT PRIMARY KEY,
  conference_id BIGINT NOT NULL,
  participant_id BIGINT NOT NULL,
  server_session TEXT NOT NULL,
  signalling_address TEXT NOT NULL,
  joined_at_ns BIGINT NOT NULL,
  left_at_ns BIGINT,
  left_reason TEXT,
  left_source TEXT
);
CREATE INDEX sessions_by_time ON sessions (joined_at_ns);
CREATE INDEX sessions_by_conference ON sessions (conference_id, joined_at_ns);
CREATE INDEX sessions_by_participant ON sessions (participant_id, joined_at_ns);
CREATE INDEX sessions_live ON sessions (joined_at_ns) WHERE left_at_ns IS NULL;
CREATE INDEX sessions_by_end ON sessions (left_at_ns) WHERE left_at_ns IS NOT NULL;

CREATE TABLE connections (
  id BIGINT PRIMARY KEY,
  conference_id BIGINT NOT NULL,
  participant_id BIGINT NOT NULL,
  session_id BIGINT NOT NULL,
  server TEXT NOT NULL,
  server_session TEXT NOT NULL,
  server_handle TEXT NOT NULL,
  opaque_id TEXT NOT NULL,
  plugin TEXT NOT NULL,
  role TEXT NOT NULL,
  ice_state TEXT NOT NULL,
  dtls_state TEXT NOT NULL,
  started_at_ns BIGINT NOT NULL,
  connected_at_ns BIGINT,
  ended_at_ns BIGINT,
  end_reason TEXT,
  end_source TEXT
);
CREATE INDEX connections_by_time ON connections (started_at_ns);
CREATE INDEX connections_by_conference ON connections (conference_id, started_at_ns);
CREATE INDEX connections_by_participant ON connections (participant_id, started_at_ns);
CREATE INDEX connections_by_session ON connections (session_id, started_at_ns);
CREATE INDEX connections_by_handle ON connections (server_handle) WHERE server_handle <> '';
CREATE INDEX connections_live ON connections (started_at_ns) WHERE ended_at_ns IS NULL;
CREATE INDEX connections_live_by_conference ON connections (conference_id) WHERE ended_at_ns IS NULL;
CREATE INDEX connections_by_end ON connections (ended_at_ns) WHERE ended_at_ns IS NOT NULL;

CREATE TABLE flows (
  id BIGINT PRIMARY KEY,
  connection_id BIGINT NOT NULL,
  host_id BIGINT NOT NULL,
  confidence DOUBLE PRECISION NOT NULL,
  evidence TEXT NOT NULL,   -- JSON: [[kind, detail], ...]
  conflicts TEXT NOT NULL,  -- likewise
  server_address TEXT NOT NULL,
  server_port BIGINT NOT NULL,
  client_address TEXT NOT NULL,
  client_port BIGINT NOT NULL,
  server_known BIGINT NOT NULL,
  transport TEXT NOT NULL,
  encapsulation TEXT NOT NULL,
  interface TEXT NOT NULL,
  first_packet_ns BIGINT NOT NULL,
  last_packet_ns BIGINT NOT NULL,
  packets_up BIGINT NOT NULL,
  packets_down BIGINT NOT NULL,
  bytes_up BIGINT NOT NULL,
  bytes_down BIGINT NOT NULL,
  stun_packets BIGINT NOT NULL,
  dtls_packets BIGINT NOT NULL,
  rtp_packets BIGINT NOT NULL,
  rtcp_packets BIGINT NOT NULL,
  other_packets BIGINT NOT NULL,
  client_ufrag TEXT NOT NULL,
  server_ufrag TEXT NOT NULL,
  ice_round_trip_ms DOUBLE PRECISION,
  dtls_version TEXT NOT NULL,
  dtls_cipher TEXT NOT NULL,
  srtp_profile TEXT NOT NULL,
  dtls_client TEXT NOT NULL,
  dtls_handshake_ms DOUBLE PRECISION,
  fingerprint_client TEXT NOT NULL,
  fingerprint_server TEXT NOT NULL,
  ended_at_ns BIGINT,
  end_reason TEXT,
  end_source TEXT
);
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
  id BIGINT PRIMARY KEY,
  flow_id BIGINT NOT NULL,
  connection_id BIGINT NOT NULL,
  conference_id BIGINT NOT NULL,
  participant_id BIGINT NOT NULL,
  source_participant_id BIGINT NOT NULL,
  ssrc BIGINT NOT NULL,
  direction TEXT NOT NULL,
  kind TEXT NOT NULL,
  codec TEXT NOT NULL,
  payload_type BIGINT NOT NULL,
  clock_rate_hz BIGINT,
  clock_rate_source TEXT NOT NULL,
  mid TEXT NOT NULL,
  rid TEXT NOT NULL,
  rtx_of_ssrc BIGINT,
  first_packet_ns BIGINT NOT NULL,
  last_packet_ns BIGINT NOT NULL,
  packets BIGINT NOT NULL,
  bytes BIGINT NOT NULL,
  expected BIGINT NOT NULL,
  lost BIGINT NOT NULL,
  duplicates BIGINT NOT NULL,
  reordered BIGINT NOT NULL,
  frames BIGINT NOT NULL,
  bitrate_bps DOUBLE PRECISION,
  jitter_ms DOUBLE PRECISION,
  jitter_max_ms DOUBLE PRECISION,
  jitter_mean_ms DOUBLE PRECISION,
  jitter_frame_ms DOUBLE PRECISION,
  max_gap_ms DOUBLE PRECISION NOT NULL,
  recent_loss_ratio DOUBLE PRECISION,
  recent_bitrate_bps DOUBLE PRECISION,
  capture_drops BIGINT NOT NULL,
  ended BIGINT NOT NULL
);
CREATE INDEX streams_by_time ON streams (first_packet_ns);
CREATE INDEX streams_by_conference ON streams (conference_id, first_packet_ns);
CREATE INDEX streams_by_participant ON streams (participant_id, first_packet_ns);
CREATE INDEX streams_by_connection ON streams (connection_id, first_packet_ns);
CREATE INDEX streams_by_flow ON streams (flow_id, first_packet_ns);
CREATE INDEX streams_by_ssrc ON streams (ssrc);
CREATE INDEX streams_live ON streams (first_packet_ns) WHERE ended = 0;
CREATE INDEX streams_live_by_conference ON streams (conference_id) WHERE ended = 0;
CREATE INDEX streams_by_end ON streams (last_packet_ns) WHERE ended = 1;

-- A partition for each day, made when its first sample comes (samples_d<days since 1970>), so that retention drops whole
-- tables; what would make too many of them goes to the last one.
CREATE TABLE samples (
  stream_id BIGINT NOT NULL,
  start_ns BIGINT NOT NULL,
  end_ns BIGINT NOT NULL,
  packets BIGINT NOT NULL,
  bytes BIGINT NOT NULL,
  expected BIGINT NOT NULL,
  lost BIGINT NOT NULL,
  duplicates BIGINT NOT NULL,
  reordered BIGINT NOT NULL,
  frames BIGINT NOT NULL,
  bitrate_bps DOUBLE PRECISION,
  jitter_ms DOUBLE PRECISION,
  capture_drops BIGINT NOT NULL,
  PRIMARY KEY (stream_id, start_ns)
) PARTITION BY RANGE (start_ns);
CREATE TABLE samples_other PARTITION OF samples DEFAULT;

CREATE TABLE events (
  id BIGINT NOT NULL,  -- a hash of everything below: the same event is one row
  time_ns BIGINT NOT NULL,
  host_id BIGINT NOT NULL,
  conference_id BIGINT NOT NULL,
  participant_id BIGINT NOT NULL,
  session_id BIGINT NOT NULL,
  connection_id BIGINT NOT NULL,
  stream_id BIGINT NOT NULL,
  source TEXT NOT NULL,
  kind TEXT NOT NULL,
  text TEXT NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (time_ns, id)
);
CREATE INDEX events_by_conference ON events (conference_id, time_ns);
CREATE INDEX events_by_participant ON events (participant_id, time_ns);
CREATE INDEX events_by_connection ON events (connection_id, time_ns);
CREATE INDEX events_by_kind ON events (kind, time_ns);
