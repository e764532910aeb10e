#pragma once
// Which member stands in which column: one list per entity, walked to name the columns, to bind them and
// to read them back. `visit` calls the visitor with (name, member) in the order of the columns; an
// optional Ending takes three columns, an Endpoint two.

#include <concepts>

#include "correlator/model.hpp"

namespace rtcscope::store::sql {

template <class E, class Entity>
concept Is = std::same_as<std::remove_const_t<E>, Entity>;

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
  v.ending("ended_at_ns", "end_reason", "end_source", e.ended);
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
  v("ice_round_trip_ms", e.ice_round_trip_ms);
  v("dtls_version", e.dtls_version);
  v("dtls_cipher", e.dtls_cipher);
  v("srtp_profile", e.srtp_profile);
  v("dtls_client", e.dtls_client);
  v("dtls_handshake_ms", e.dtls_handshake_ms);
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

template <class V, Is<model::RemoteFigures> E>
void visit(V& v, E& e) {
  v("remote_lost", e.lost);
  v("remote_fraction_lost", e.fraction_lost);
  v("remote_jitter_ms", e.jitter_ms);
  v("round_trip_ms", e.round_trip_ms);
  v("round_trip_min_ms", e.round_trip_min_ms);
  v("round_trip_mean_ms", e.round_trip_mean_ms);
  v("nack_count", e.nack_count);
  v("nacked_packets", e.nacked_packets);
  v("pli_count", e.pli_count);
  v("fir_count", e.fir_count);
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
  visit(v, e.remote);
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
