#pragma once
// Which member stands in which column: one list per entity, walked to name the columns, to bind them and
// to read them back. `visit` calls the visitor with (name, member) in the order of the columns; an
// optional Ending takes three columns, an Endpoint two.

#include "correlator/model.hpp"

namespace rtcscope::store::sql {

using model::Is;

template <class Entity>
inline constexpr const char* kTable = nullptr;
template <>
inline constexpr const char* kTable<model::Host> = "hosts";
template <>
inline constexpr const char* kTable<model::Conference> = "conferences";
template <>
inline constexpr const char* kTable<model::Participant> = "participants";
template <>
inline constexpr const char* kTable<model::Session> = "sessions";
template <>
inline constexpr const char* kTable<model::Connection> = "connections";
template <>
inline constexpr const char* kTable<model::Flow> = "flows";
template <>
inline constexpr const char* kTable<model::Stream> = "streams";
template <>
inline constexpr const char* kTable<model::StreamSample> = "samples";
template <>
inline constexpr const char* kTable<model::Event> = "events";
template <>
inline constexpr const char* kTable<model::Issue> = "issues";

template <class V, Is<model::Host> E>
void visit(V& v, E& e) {
  v("id", e.id);
  v("name", e.name);
  v("media_server", e.media_server);
  v("first_seen_ns", e.first_seen);
  v("last_seen_ns", e.last_seen);
}

template <class V, Is<model::Conference> E>
void visit(V& v, E& e) {
  v("id", e.id);
  v("host_id", e.host);
  v("server", e.server);
  v("plugin", e.plugin);
  v("room", e.room);
  v("started_at_ns", e.started_at);
  v.ending("ended_at_ns", "end_reason", "end_source", e.ended);
}

template <class V, Is<model::Participant> E>
void visit(V& v, E& e) {
  v("id", e.id);
  v("conference_id", e.conference);
  v("user_id", e.user_id);
  v("display", e.display);
  v("first_seen_ns", e.first_seen);
}

template <class V, Is<model::Session> E>
void visit(V& v, E& e) {
  v("id", e.id);
  v("conference_id", e.conference);
  v("participant_id", e.participant);
  v("server_session", e.server_session);
  v("signalling_address", e.signalling_address);
  v("joined_at_ns", e.joined_at);
  v.ending("left_at_ns", "left_reason", "left_source", e.left);
}

template <class V, Is<model::Connection> E>
void visit(V& v, E& e) {
  v("id", e.id);
  v("conference_id", e.conference);
  v("participant_id", e.participant);
  v("session_id", e.session);
  v("server", e.server);
  v("server_session", e.server_session);
  v("server_handle", e.server_handle);
  v("opaque_id", e.opaque_id);
  v("plugin", e.plugin);
  v("role", e.role);
  v("ice_state", e.ice_state);
  v("dtls_state", e.dtls_state);
  v("rtcp", e.rtcp);
  v("rtcp_reason", e.rtcp_reason);
  v("started_at_ns", e.started_at);
  v("connected_at_ns", e.connected_at);
  v("turn_used", e.turn_used);
  v("tcp_used", e.tcp_used);
  v("ice_restarts", e.ice_restarts);
  v("pair_switches", e.pair_switches);
  v.ending("ended_at_ns", "end_reason", "end_source", e.ended);
}

template <class V, Is<model::FlowIce> E>
void visit(V& v, E& e) {
  v("ice_state", e.state);
  v("ice_failure", e.failure);
  v("ice_controlling", e.controlling);
  v("ice_integrity", e.integrity);
  v("ice_checks_up", e.checks_up);
  v("ice_checks_down", e.checks_down);
  v("ice_answers_up", e.answers_up);
  v("ice_answers_down", e.answers_down);
  v("ice_errors", e.errors);
  v("ice_last_error", e.last_error);
  v("ice_nominations", e.nominations);
  v("ice_nominated_at_ns", e.nominated_at);
  v("ice_answered_at_ns", e.answered_at);
  v("ice_restarts", e.restarts);
  v("goog_pings", e.goog_pings);
  v("dtls_in_stun", e.dtls_in_stun);
  v("ice_round_trip_ms", e.round_trip_ms);
  v("ice_round_trip_min_ms", e.round_trip_min_ms);
  v("ice_round_trip_mean_ms", e.round_trip_mean_ms);
  v("ice_server_answer_ms", e.server_answer_ms);
}

template <class V, Is<model::FlowDtls> E>
void visit(V& v, E& e) {
  v("dtls_version", e.version);
  v("dtls_cipher", e.cipher);
  v("dtls_group", e.group);
  v("dtls_client", e.client);
  v("dtls_offered_versions", e.offered_versions);
  v("dtls_offered_ciphers", e.offered_ciphers);
  v("dtls_offered_groups", e.offered_groups);
  v("offered_srtp_profiles", e.offered_srtp_profiles);
  v("dtls_handshake_ms", e.handshake_ms);
  v("dtls_client_hellos", e.client_hellos);
  v("dtls_hello_verify_requests", e.hello_verify_requests);
  v("dtls_hello_retry_requests", e.hello_retry_requests);
  v("dtls_fragmented_messages", e.fragmented_messages);
  v("dtls_repeated_messages", e.repeated_messages);
  v("dtls_alert", e.alert);
  v("dtls_alert_sender", e.alert_sender);
  v("dtls_connection_ids", e.connection_ids);
  v("fingerprint_check_client", e.fingerprint_check_client);
  v("fingerprint_check_server", e.fingerprint_check_server);
  v("data_packets_up", e.data_packets_up);
  v("data_packets_down", e.data_packets_down);
  v("data_bytes_up", e.data_bytes_up);
  v("data_bytes_down", e.data_bytes_down);
}

template <class V, Is<model::FlowTurn> E>
void visit(V& v, E& e) {
  v("turn_state", e.state);
  v("turn_relayed_endpoint", e.relayed_endpoint);
  v("turn_lifetime_s", e.lifetime_s);
  v("turn_permissions", e.permissions);
  v("turn_channels", e.channels);
  v("turn_refreshes", e.refreshes);
  v("turn_last_error", e.last_error);
  v("turn_client_flow_id", e.client_flow);
}

template <class V, Is<model::Flow> E>
void visit(V& v, E& e) {
  v("id", e.id);
  v("connection_id", e.connection);
  v("host_id", e.host);
  v("confidence", e.confidence);
  v("evidence", e.evidence);
  v("conflicts", e.conflicts);
  v.endpoint("server_address", "server_port", e.server_endpoint);
  v.endpoint("client_address", "client_port", e.client_endpoint);
  v("server_known", e.server_known);
  v("transport", e.transport);
  v("encapsulation", e.encapsulation);
  v("interface", e.interface);
  v("tunnels", e.tunnels);
  v("vlan_id", e.vlan_id);
  v("first_packet_ns", e.first_packet);
  v("last_packet_ns", e.last_packet);
  v("packets_up", e.packets_up);
  v("packets_down", e.packets_down);
  v("bytes_up", e.bytes_up);
  v("bytes_down", e.bytes_down);
  v("stun_packets", e.stun_packets);
  v("dtls_packets", e.dtls_packets);
  v("rtp_packets", e.rtp_packets);
  v("rtcp_packets", e.rtcp_packets);
  v("other_packets", e.other_packets);
  v("client_ufrag", e.client_ufrag);
  v("server_ufrag", e.server_ufrag);
  visit(v, e.ice);
  visit(v, e.dtls);
  visit(v, e.turn);
  visit(v, e.round_trips);
  v("srtp_profile", e.srtp_profile);
  v("rtcp", e.rtcp);
  v("rtcp_reason", e.rtcp_reason);
  v("fingerprint_client", e.fingerprint_client);
  v("fingerprint_server", e.fingerprint_server);
  v.ending("ended_at_ns", "end_reason", "end_source", e.ended);
}

template <class V, Is<model::StreamFigures> E>
void visit(V& v, E& e) {
  v("packets", e.packets);
  v("bytes", e.bytes);
  v("expected", e.expected);
  v("lost", e.lost);
  v("duplicates", e.duplicates);
  v("reordered", e.reordered);
  v("frames", e.frames);
}

template <class V, Is<model::Stream> E>
void visit(V& v, E& e) {
  v("id", e.id);
  v("flow_id", e.flow);
  v("connection_id", e.connection);
  v("conference_id", e.conference);
  v("participant_id", e.participant);
  v("source_participant_id", e.source_participant);
  v("ssrc", e.ssrc);
  v("direction", e.direction);
  v("kind", e.kind);
  v("codec", e.codec);
  v("payload_type", e.payload_type);
  v("clock_rate_hz", e.clock_rate_hz);
  v("clock_rate_source", e.clock_rate_source);
  visit(v, e.typing);
  v("mid", e.mid);
  v("rid", e.rid);
  v("rtx_of_ssrc", e.rtx_of_ssrc);
  v("first_packet_ns", e.first_packet);
  v("last_packet_ns", e.last_packet);
  visit(v, e.total);
  v("bitrate_bps", e.bitrate_bps);
  v("jitter_ms", e.jitter_ms);
  v("jitter_max_ms", e.jitter_max_ms);
  v("jitter_mean_ms", e.jitter_mean_ms);
  v("jitter_frame_ms", e.jitter_frame_ms);
  v("max_gap_ms", e.max_gap_ms);
  v("recent_loss_ratio", e.recent_loss_ratio);
  v("recent_bitrate_bps", e.recent_bitrate_bps);
  v("capture_drops", e.capture_drops);
  visit(v, e.loss);
  visit(v, e.loss_split);
  visit(v, e.relay);
  visit(v, e.video);
  visit(v, e.playback);
  visit(v, e.voice);
  visit(v, e.headers);
  visit(v, e.remote);
  visit(v, e.key_frames);
  visit(v, e.redundancy);
  v("relay_leg", e.relay_leg);
  v("sampled", e.sampled);
  v("key_frames_ambiguous", e.key_frames_ambiguous);
  v("ended", e.ended);
}

template <class V, Is<model::StreamSample> E>
void visit(V& v, E& e) {
  v("stream_id", e.stream);
  v("start_ns", e.start);
  v("end_ns", e.end);
  visit(v, e.interval);
  v("bitrate_bps", e.bitrate_bps);
  v("jitter_ms", e.jitter_ms);
  v("capture_drops", e.capture_drops);
  v("frame_rate_fps", e.frame_rate_fps);
  v("frame_jitter_ms", e.frame_jitter_ms);
  v("stalls", e.stalls);
  v("freezes", e.freezes);
  v("received_frames", e.received_frames);
}

template <class V, Is<model::Issue> E>
void visit(V& v, E& e) {
  v("id", e.id);
  v("host_id", e.host);
  v("conference_id", e.conference);
  v("participant_id", e.participant);
  v("connection_id", e.connection);
  v("stream_id", e.stream);
  v("kind", e.kind);
  v("severity", e.severity);
  v("started_at_ns", e.started_at);
  v("ended_at_ns", e.ended_at);
  v("text", e.text);
  v("evidence", e.evidence);
}

template <class V, Is<model::Event> E>
void visit(V& v, E& e) {
  v("time_ns", e.time);
  v("host_id", e.host);
  v("conference_id", e.conference);
  v("participant_id", e.participant);
  v("session_id", e.session);
  v("connection_id", e.connection);
  v("stream_id", e.stream);
  v("source", e.source);
  v("kind", e.kind);
  v("text", e.text);
  v("detail", e.detail);
}

}  // namespace rtcscope::store::sql
