// PROVISIONAL
export interface Health { word: string; reason: string }
export interface Page<T> { items: T[]; next: string | null }
export interface Figures { packets: number; expected: number; lost: number; loss_ratio: number | null; jitter_ms: number | null; bitrate_bps: number | null }
export interface Conference {
  id: string; host_id: string; server: string; plugin: string; room: string;
  started_at: string; ended_at: string | null; end_reason: string | null; end_source: string | null;
  health: Health; participant_count: number; uplink: Figures | null; downlink: Figures | null;
}
export interface Participant {
  id: string; conference_id: string; user_id: string; display: string; first_seen: string; left_at: string | null;
  health: Health; uplink: Figures | null; downlink: Figures | null;
}
export interface Evidence { kind: string; detail: string }
export interface Connection {
  id: string; conference_id: string | null; participant_id: string | null; server: string; server_handle: string; role: string; plugin: string;
  ice_state: string; dtls_state: string; started_at: string; connected_at: string | null; ended_at: string | null; end_reason: string | null; health: Health;
}
export interface Flow {
  id: string; connection_id: string | null; conference_id: string | null; participant_id: string | null; confidence: number;
  evidence: Evidence[]; conflicts: Evidence[]; server_endpoint: string; client_endpoint: string; server_known: boolean;
  transport: string; encapsulation: string; interface: string; first_packet: string; last_packet: string;
  packets_up: number; packets_down: number; bytes_up: number; bytes_down: number;
  stun_packets: number; dtls_packets: number; rtp_packets: number; rtcp_packets: number; other_packets: number;
  client_ufrag: string; server_ufrag: string; ice_round_trip_ms: number | null; dtls_version: string; dtls_cipher: string; srtp_profile: string;
  dtls_client: string; dtls_handshake_ms: number | null; fingerprint_client: string; fingerprint_server: string; ended_at: string | null; end_reason: string | null;
}
export interface Stream {
  id: string; flow_id: string; connection_id: string | null; participant_id: string | null; source_participant_id: string | null;
  ssrc: number; direction: string; kind: string; codec: string; payload_type: number; clock_rate_hz: number | null; clock_rate_source: string; mid: string; rid: string;
  rtx_of_ssrc: number | null; first_packet: string; last_packet: string; packets: number; bytes: number; expected: number; lost: number; duplicates: number; reordered: number;
  bitrate_bps: number | null; jitter_ms: number | null; recent_loss_ratio: number | null; recent_bitrate_bps: number | null; max_gap_ms: number; capture_drops: number; ended: boolean; health: Health;
}
export interface Sample { stream_id: string; start: string; end: string; packets: number; bytes: number; expected: number; lost: number; bitrate_bps: number | null; jitter_ms: number | null; capture_drops: number }
export interface Event { id: string; time: string; source: string; kind: string; text: string; detail: string; participant_id: string | null; connection_id: string | null; conference_id: string | null }
export interface Stats {
  now: string; clock: string | null; version: string; live_conferences: number; live_participants: number;
  capture: { packets: number; bytes: number; kernel_drops: number; interface_drops: number; interfaces: { name: string; packets: number; bytes: number; kernel_drops: number; interface_drops: number }[] };
  refusals: { protocol: string; code: string; count: number }[];
  flows: { active: number; unmatched: number; evicted: number };
  feed: { events: number; dropped: number; last_event_at: string | null };
  store: { queue_depth: number; queue_capacity: number; queue_dropped: number };
  hep: { enabled: boolean; sent: number; dropped: number };
}
export interface SearchResult { type: string; id: string; title: string; detail: string; conference_id: string | null; participant_id: string | null }
