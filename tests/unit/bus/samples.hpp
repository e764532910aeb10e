#pragma once
// One of everything that a batch carries, with every member off its default where that is possible.

#include "base/time.hpp"
#include "bus/batch.hpp"
#include "flows/report.hpp"

namespace rtcscope::bus::samples {

using namespace std::chrono_literals;

inline constexpr UtcTime kStart = utc_from_ns(1'763'700'000'000'000'000);

inline Endpoint endpoint(std::uint8_t last, std::uint16_t port) {
  const std::array octets{std::byte{192}, std::byte{0}, std::byte{2}, std::byte{last}};
  return {IpAddress::from_octets(octets), port};
}

inline flows::FlowSnapshot flow() {
  flows::FlowSnapshot flow;
  flow.id = {0xfedc'ba98'7654'3210};
  flow.key = {endpoint(1, 40'000), endpoint(2, 3478), Transport::kTcp, flows::Encapsulation::kTurn,
              endpoint(3, 50'000)};
  flow.interface = "eth0";
  flow.tunnels = "vxlan/gre";
  flow.vlan_id = 42;
  flow.direction_of_a = PacketDirection::kEgress;
  flow.first_packet = kStart;
  flow.last_packet = kStart + 3s;
  flow.rtp_packets = {{10, 20}, {1'000, 2'000}};
  flow.ice_usernames.push_back({"receiver", "sender", flows::Side::kB, kStart + 1ms});
  flow.fingerprints.push_back({{1, 2, 3}, flows::Side::kB, kStart + 2ms});
  flow.ice.state = flows::IceState::kNominated;
  flow.ice.first_check = kStart;
  flow.ice.last_round_trip[1] = 12ms;
  flow.ice.failure = flows::IceFailure::kConsentExpired;
  flow.dtls.state = flows::DtlsState::kConnected;
  flow.dtls.client = flows::Side::kB;
  flow.dtls.offer.cipher_suites.add(0xc02b);
  flow.dtls.offer.cipher_suites.add(0xc02f);
  flow.dtls.offer.srtp_profiles.add(7);
  flow.feedback_round_trip = {std::nullopt, 21ms};
  flow.rtcp_access = flows::RtcpAccess::kOpaque;
  flow.opaque_reason = flows::OpaqueReason::kLateAttach;
  flow.turn.state = flows::TurnState::kAllocated;
  flow.turn.relayed = endpoint(9, 9);
  flow.turn_client = {77};
  flow.streams.push_back({{5}, 0xdead'beef, flows::Side::kB, 111, kStart, kStart + 3s, "0", "h"});
  flow.end = flows::FlowEnd::kIdle;
  return flow;
}

inline flows::StreamReport report() {
  flows::StreamReport report;
  report.stream = {5};
  report.flow = flow().id;
  report.ssrc = 0xdead'beef;
  report.sender = flows::Side::kB;
  report.payload_type = 111;
  report.start = kStart;
  report.end = kStart + 1s;
  report.interval.packets = 50;
  report.interval.lost = -2;
  report.total.packets = 150;
  report.highest_sequence = 65'535;
  report.jitter[3] = {90'000, 1ms, 2ms, 3ms, 4ms};
  report.lost_rfc3550 = -1;
  report.typing = {flows::MediaKind::kVideo,
                   flows::KnownBy::kSlope,
                   flows::MediaRole::kFec,
                   flows::KnownBy::kConvention,
                   90'000,
                   17,
                   1500ms};
  report.playout = flows::PlayoutFigures{30, 1, 400ms, 28, true, 3, 1200ms};
  report.received_behind = 14;
  report.relay.forwarding_p99 = 3ms;
  report.voice = flows::VoiceFigures{1, 2, 3, 4s, 5s, 6};
  report.headers.extensions = "1 urn:ietf:params:rtp-hdrext:sdes:mid";
  report.headers.variation.drift_ppm = -12.5;
  report.key_frames.wait_max = 250ms;
  report.capture_drops = 7;
  return report;
}

inline flows::RemoteReport remote() {
  flows::RemoteReport remote;
  remote.flow = flow().id;
  remote.ssrc = 0xdead'beef;
  remote.time = kStart + 500ms;
  remote.reports = 3;
  remote.lost = -4;
  remote.fraction_lost = 0.25;
  remote.round_trip_median = 40ms;
  return remote;
}

inline flows::FlowEvent event() {
  return {kStart, flow().id, {5}, flows::FlowEventKind::kFlowEnded, flows::Side::kB, 0x0228};
}

inline feeds::Delivery delivery() {
  return {kStart + 1s, R"([{"type":1}])", feeds::OwtAnswer{"owt:3000", "/v1/rooms", kStart, true}};
}

inline ProbeStatus status() {
  return {"0.1.0", "tc on eth0", "", 1'000, 1, 2, 3, 4, {{"rtp", "truncated", 5}, {"flows", "evicted", 6}}};
}

/// Of a probe whose batches go to `sent`.
inline BatchWriter::Options options(std::vector<std::string>& sent) {
  BatchWriter::Options options;
  options.host = "edge-1";
  options.owt_viewer = "rtcscope";
  options.run = 0x0123'4567'89ab'cdef;
  options.clock = [] { return kStart + 2s; };
  options.status = [] { return status(); };
  options.send = [&sent](std::string&& batch) { sent.push_back(std::move(batch)); };
  return options;
}

/// Two batches: all of the above, and the end.
inline std::vector<std::string> batches() {
  std::vector<std::string> sent;
  BatchWriter writer(options(sent));
  writer.on_flow(flow());
  writer.on_stream_report(report());
  writer.on_remote_report(remote());
  writer.on_flow_event(event());
  writer.on_delivery(delivery());
  writer.clock_went_back(kStart);
  writer.advance(kStart + 1s);
  writer.finish(kStart + 2s);
  return sent;
}

}  // namespace rtcscope::bus::samples
