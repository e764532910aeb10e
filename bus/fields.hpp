#pragma once
// The members of what travels between hosts, in the order in which octets.hpp writes and reads them. Each
// list is bound to its structure: a member that is added or taken away does not compile here. Whoever changes
// a list counts kBatchFormat up.

#include <concepts>
#include <type_traits>
#include <variant>

#include "base/net.hpp"
#include "base/packet_record.hpp"
#include "bus/octets.hpp"
#include "feeds/wire/delivery.hpp"
#include "flows/report.hpp"

namespace rtcscope::bus {

template <class T, class U>
concept Is = std::same_as<std::remove_const_t<T>, U>;

template <>
inline constexpr PacketDirection kGreatest<PacketDirection> = PacketDirection::kEgress;
template <>
inline constexpr flows::Encapsulation kGreatest<flows::Encapsulation> = flows::Encapsulation::kIceTcp;
template <>
inline constexpr flows::Side kGreatest<flows::Side> = flows::Side::kB;
template <>
inline constexpr flows::IceState kGreatest<flows::IceState> = flows::IceState::kNominated;
template <>
inline constexpr flows::IceRole kGreatest<flows::IceRole> = flows::IceRole::kControlled;
template <>
inline constexpr flows::IceIntegrity kGreatest<flows::IceIntegrity> = flows::IceIntegrity::kMismatch;
template <>
inline constexpr flows::IceFailure kGreatest<flows::IceFailure> = flows::IceFailure::kConsentExpired;
template <>
inline constexpr flows::DtlsState kGreatest<flows::DtlsState> = flows::DtlsState::kClosed;
template <>
inline constexpr flows::TurnState kGreatest<flows::TurnState> = flows::TurnState::kFailed;
template <>
inline constexpr flows::RtcpAccess kGreatest<flows::RtcpAccess> = flows::RtcpAccess::kDecrypted;
template <>
inline constexpr flows::OpaqueReason kGreatest<flows::OpaqueReason> = flows::OpaqueReason::kNoKey;
template <>
inline constexpr flows::FlowEnd kGreatest<flows::FlowEnd> = flows::FlowEnd::kCaptureEnd;
template <>
inline constexpr flows::MediaKind kGreatest<flows::MediaKind> = flows::MediaKind::kVideo;
template <>
inline constexpr flows::MediaRole kGreatest<flows::MediaRole> = flows::MediaRole::kFec;
template <>
inline constexpr flows::KnownBy kGreatest<flows::KnownBy> = flows::KnownBy::kFeedback;
template <>
inline constexpr flows::KeyFrameSign kGreatest<flows::KeyFrameSign> = flows::KeyFrameSign::kOrientation;
template <>
inline constexpr flows::FlowEventKind kGreatest<flows::FlowEventKind> = flows::FlowEventKind::kFlowEnded;
template <>
constexpr bool is_known(IpFamily family) noexcept {
  return family == IpFamily::kNone || family == IpFamily::kV4 || family == IpFamily::kV6;
}
template <>
constexpr bool is_known(Transport transport) noexcept {
  return transport == Transport::kUdp || transport == Transport::kTcp;
}

template <class V, Is<IpAddress> T>
void fields(V& v, T& value) {
  auto& [octets, family] = value;
  v(octets, family);
}

template <class V, Is<Endpoint> T>
void fields(V& v, T& value) {
  auto& [address, port] = value;
  v(address, port);
}

/// Only as many codes as there are.
template <std::size_t N>
void fields(Put& put, const flows::CodeList<N>& codes) {
  put(codes.count, codes.more);
  for (const std::uint16_t code : codes.list()) put(code);
}
template <std::size_t N>
void fields(Take& take, flows::CodeList<N>& codes) {
  take(codes.count, codes.more);
  if (codes.count > N) {
    codes.count = 0;
    take.fail();
  }
  for (std::size_t i = 0; i < codes.count; ++i) take(codes.values[i]);
}

template <class V, Is<flows::FlowKey> T>
void fields(V& v, T& value) {
  auto& [a, b, transport, encapsulation, relayed_peer] = value;
  v(a, b, transport, encapsulation, relayed_peer);
}

template <class V, Is<flows::IceUsername> T>
void fields(V& v, T& value) {
  auto& [receiver_ufrag, sender_ufrag, sender, first_seen] = value;
  v(receiver_ufrag, sender_ufrag, sender, first_seen);
}

template <class V, Is<flows::CertificateFingerprint> T>
void fields(V& v, T& value) {
  auto& [sha256, sender, first_seen] = value;
  v(sha256, sender, first_seen);
}

template <class V, Is<flows::IceFacts> T>
void fields(V& v, T& value) {
  auto& [state, first_check, first_success, nominated, last_success, requests, success_responses,
         error_responses, last_error_code, last_round_trip, min_round_trip, round_trip_sum, round_trips,
         roles, nominations, last_answer, unanswered, goog_pings, dtls_in_stun, restarts, consent_lost,
         integrity, failure] = value;
  v(state, first_check, first_success, nominated, last_success, requests, success_responses, error_responses,
    last_error_code, last_round_trip, min_round_trip, round_trip_sum, round_trips, roles, nominations,
    last_answer, unanswered, goog_pings, dtls_in_stun, restarts, consent_lost, integrity, failure);
}

template <class V, Is<flows::DtlsOffer> T>
void fields(V& v, T& value) {
  auto& [versions, cipher_suites, groups, srtp_profiles] = value;
  v(versions, cipher_suites, groups, srtp_profiles);
}

template <class V, Is<flows::DtlsFacts> T>
void fields(V& v, T& value) {
  auto& [state, client_hello, connected, closed, client, version, cipher_suite, srtp_profile, alert_level,
         alert_description, client_hellos, application_records, offer, group, hello_verify_requests,
         hello_retry_requests, fragmented_messages, repeated_messages, application_packets, application_bytes,
         connection_ids, in_stun, alert_sender] = value;
  v(state, client_hello, connected, closed, client, version, cipher_suite, srtp_profile, alert_level,
    alert_description, client_hellos, application_records, offer, group, hello_verify_requests,
    hello_retry_requests, fragmented_messages, repeated_messages, application_packets, application_bytes,
    connection_ids, in_stun, alert_sender);
}

template <class V, Is<flows::TurnFacts> T>
void fields(V& v, T& value) {
  auto& [state, allocated, released, relayed, mapped, lifetime_s, refreshes, permissions, channels,
         last_error, indications, channel_data] = value;
  v(state, allocated, released, relayed, mapped, lifetime_s, refreshes, permissions, channels, last_error,
    indications, channel_data);
}

template <class V, Is<flows::StreamFacts> T>
void fields(V& v, T& value) {
  auto& [id, ssrc, sender, payload_type, first_packet, last_packet, mid, rid] = value;
  v(id, ssrc, sender, payload_type, first_packet, last_packet, mid, rid);
}

template <class V, Is<flows::ClassCounts> T>
void fields(V& v, T& value) {
  auto& [packets, bytes] = value;
  v(packets, bytes);
}

template <class V, Is<flows::FlowSnapshot> T>
void fields(V& v, T& value) {
  auto& [id, key, interface, tunnels, vlan_id, direction_of_a, first_packet, last_packet, stun_packets,
         dtls_packets, rtp_packets, rtcp_packets, other_packets, ice_usernames, fingerprints, ice, dtls,
         feedback_round_trip, rtcp_access, opaque_reason, turn, turn_client, streams, end] = value;
  v(id, key, interface, tunnels, vlan_id, direction_of_a, first_packet, last_packet, stun_packets,
    dtls_packets, rtp_packets, rtcp_packets, other_packets, ice_usernames, fingerprints, ice, dtls,
    feedback_round_trip, rtcp_access, opaque_reason, turn, turn_client, streams, end);
}

template <class V, Is<flows::TypingFacts> T>
void fields(V& v, T& value) {
  auto& [kind, kind_by, role, clock_by, clock_rate_hz, repeats_ssrc, kind_after] = value;
  v(kind, kind_by, role, clock_by, clock_rate_hz, repeats_ssrc, kind_after);
}

template <class V, Is<flows::BurstFigures> T>
void fields(V& v, T& value) {
  auto& [bursts, burst_packets, burst_lost, gap_packets, gap_lost, longest_loss] = value;
  v(bursts, burst_packets, burst_lost, gap_packets, gap_lost, longest_loss);
}

template <class V, Is<flows::PlayoutFigures> T>
void fields(V& v, T& value) {
  auto& [frames, freezes, frozen, received, tells, doubtful, standstill] = value;
  v(frames, freezes, frozen, received, tells, doubtful, standstill);
}

template <class V, Is<flows::RelayFigures> T>
void fields(V& v, T& value) {
  auto& [source, source_ssrc, source_switches, samples, forwarding_p50, forwarding_p99, relayed_lost,
         server_lost] = value;
  v(source, source_ssrc, source_switches, samples, forwarding_p50, forwarding_p99, relayed_lost, server_lost);
}

template <class V, Is<flows::VoiceFigures> T>
void fields(V& v, T& value) {
  auto& [packets, flagged, silent, covered, talk, level_sum] = value;
  v(packets, flagged, silent, covered, talk, level_sum);
}

template <class V, Is<flows::FeedbackFigures> T>
void fields(V& v, T& value) {
  auto& [reported, lost] = value;
  v(reported, lost);
}

template <class V, Is<flows::DelayVariationFigures> T>
void fields(V& v, T& value) {
  auto& [packets, p50, p99, drift_ppm] = value;
  v(packets, p50, p99, drift_ppm);
}

template <class V, Is<flows::HeaderFigures> T>
void fields(V& v, T& value) {
  auto& [extensions, repaired_rid, cryptex_packets, rotation_degrees, playout_delay_min, playout_delay_max,
         target_bps, target_width, target_height, target_fps, described_frames, skipped_frames, frame_width,
         frame_height, timings, encode_sum, pacer_sum, capture_times, capture_to_send_sum, variation_by,
         variation] = value;
  v(extensions, repaired_rid, cryptex_packets, rotation_degrees, playout_delay_min, playout_delay_max,
    target_bps, target_width, target_height, target_fps, described_frames, skipped_frames, frame_width,
    frame_height, timings, encode_sum, pacer_sum, capture_times, capture_to_send_sum, variation_by,
    variation);
}

template <class V, Is<flows::KeyFrameFigures> T>
void fields(V& v, T& value) {
  auto& [by, ambiguous, key_frames, waits, wait_p50, wait_max] = value;
  v(by, ambiguous, key_frames, waits, wait_p50, wait_max);
}

template <class V, Is<flows::StreamFigures> T>
void fields(V& v, T& value) {
  auto& [packets, bytes, expected, lost, duplicates, reordered, frames, markers, padding_packets,
         padding_bytes, stalls, stalled, frame_interval_us, frame_interval_us2] = value;
  v(packets, bytes, expected, lost, duplicates, reordered, frames, markers, padding_packets, padding_bytes,
    stalls, stalled, frame_interval_us, frame_interval_us2);
}

template <class V, Is<flows::ClockJitter> T>
void fields(V& v, T& value) {
  auto& [clock_rate_hz, rfc3550, rfc3550_max, rfc3550_mean, frame_based] = value;
  v(clock_rate_hz, rfc3550, rfc3550_max, rfc3550_mean, frame_based);
}

template <class V, Is<flows::StreamReport> T>
void fields(V& v, T& value) {
  auto& [stream, flow, ssrc, sender, payload_type, start, end, first_packet, last_packet, final, interval,
         total, highest_sequence, jitter, max_gap, lost_rfc3550, bursts, largest_frame_bytes, typing,
         retransmitted, sampled, playout, interval_freezes, received_behind, relay, voice, feedback, headers,
         key_frames, capture_drops] = value;
  v(stream, flow, ssrc, sender, payload_type, start, end, first_packet, last_packet, final, interval, total,
    highest_sequence, jitter, max_gap, lost_rfc3550, bursts, largest_frame_bytes, typing, retransmitted,
    sampled, playout, interval_freezes, received_behind, relay, voice, feedback, headers, key_frames,
    capture_drops);
}

template <class V, Is<flows::RemoteReport> T>
void fields(V& v, T& value) {
  auto& [flow, ssrc, media_sender, time, reports, highest_sequence, lost, fraction_lost, jitter_ticks,
         round_trip, min_round_trip, round_trip_sum, round_trips, round_trip_median, nack_count,
         nacked_packets, pli_count, fir_count] = value;
  v(flow, ssrc, media_sender, time, reports, highest_sequence, lost, fraction_lost, jitter_ticks, round_trip,
    min_round_trip, round_trip_sum, round_trips, round_trip_median, nack_count, nacked_packets, pli_count,
    fir_count);
}

template <class V, Is<flows::FlowEvent> T>
void fields(V& v, T& value) {
  auto& [time, flow, stream, kind, side, code] = value;
  v(time, flow, stream, kind, side, code);
}

template <class V, Is<feeds::JanusEvents> T>
void fields(V&, T&) {}

template <class V, Is<feeds::AdminQuestion> T>
void fields(V& v, T& value) {
  auto& [server, asked] = value;
  v(server, asked);
}

template <class V, Is<feeds::OwtAnswer> T>
void fields(V& v, T& value) {
  auto& [server, path, asked, guess] = value;
  v(server, path, asked, guess);
}

template <class V, Is<feeds::OwtSignal> T>
void fields(V& v, T& value) {
  auto& [server, room] = value;
  v(server, room);
}

template <class V, Is<feeds::OwtCast> T>
void fields(V& v, T& value) {
  auto& [server, room] = value;
  v(server, room);
}

template <class... T>
void fields(Put& put, const std::variant<T...>& value) {
  put.number(value.index());
  std::visit([&](const auto& one) { put(one); }, value);
}
template <class... T>
void fields(Take& take, std::variant<T...>& value) {
  std::uint64_t index = take.number();
  // Counts down over the alternatives: the one at 0 it is.
  const bool known = ((index-- == 0 && (take(value.template emplace<T>()), true)) || ...);
  if (!known) take.fail();
}

template <class V, Is<feeds::Delivery> T>
void fields(V& v, T& value) {
  auto& [received, json, what] = value;
  v(received, json, what);
}

}  // namespace rtcscope::bus
