#pragma once
// Entities with every member set to something of its own, and their comparison.

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "base/net.hpp"
#include "correlator/model.hpp"
#include "store/postgres/connection.hpp"
#include "store/postgres_store.hpp"
#include "store/sqlite_store.hpp"
#include "tests/support/temp_folder.hpp"

namespace rtcscope::store::testing {

using rtcscope::testing::TempFolder;

// All members of an entity. A structured binding must name every one: a new member does not compile here
// until it stands in the list (set it in full_...() as well), and fails the round trip until it has a column.
inline auto members(const model::Host& e) {
  const auto& [a, b, c, d, f] = e;
  return std::tie(a, b, c, d, f);
}
inline auto members(const model::Conference& e) {
  const auto& [a, b, c, d, f, g, h] = e;
  return std::tie(a, b, c, d, f, g, h);
}
inline auto members(const model::Participant& e) {
  const auto& [a, b, c, d, f] = e;
  return std::tie(a, b, c, d, f);
}
inline auto members(const model::Session& e) {
  const auto& [a, b, c, d, f, g, h] = e;
  return std::tie(a, b, c, d, f, g, h);
}
inline auto members(const model::Connection& e) {
  const auto& [a, b, c, d, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v] = e;
  return std::tie(a, b, c, d, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v);
}
inline auto members(const model::Flow& e) {
  const auto& [a, b, c, d, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, aa, ab, ac, ad, af,
               ag, ah, ai, aj, ak, al, am] = e;
  return std::tie(a, b, c, d, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, aa, ab, ac, ad,
                  af, ag, ah, ai, aj, ak, al, am);
}
inline auto members(const model::StreamFigures& e) {
  const auto& [a, b, c, d, f, g, h] = e;
  return std::tie(a, b, c, d, f, g, h);
}
inline auto members(const model::RemoteFigures& e) {
  const auto& [a, b, c, d, f, g, h, i, j, k, l] = e;
  return std::tie(a, b, c, d, f, g, h, i, j, k, l);
}
inline auto members(const model::Stream& e) {
  const auto& [a1, a2, a3, a4, a5, a6, a7, a8, a9, b1, b2, b3, b4, typing, b5, b6, b7, b8, b9, total, c2, c3,
               c4, c5, c6, c7, c8, c9, d1, loss, split, relay, video, playback, voice, headers, remote,
               key_frames, redundancy, relay_leg, sampled, ambiguous, d2] = e;
  return std::tuple_cat(
      std::tie(a1, a2, a3, a4, a5, a6, a7, a8, a9, b1, b2, b3, b4, b5, b6, b7, b8, b9, c2, c3, c4, c5, c6, c7,
               c8, c9, d1, d2, typing, loss, split, relay, video, playback, voice, headers, key_frames,
               redundancy, relay_leg, sampled, ambiguous),
      members(total), members(remote));
}
inline auto members(const model::StreamSample& e) {
  const auto& [a, b, c, interval, d, f, g, h, i, j, k, l] = e;
  return std::tuple_cat(std::tie(a, b, c, d, f, g, h, i, j, k, l), members(interval));
}
inline auto members(const model::Event& e) {
  const auto& [a, b, c, d, f, g, h, i, j, k, l] = e;
  return std::tie(a, b, c, d, f, g, h, i, j, k, l);
}

template <class Entity>
bool same(const Entity& a, const Entity& b) {
  return members(a) == members(b);
}

/// 2026-11-21T06:10:54Z and so many milliseconds and 7 ns.
inline UtcTime at(std::int64_t milliseconds) {
  return utc_from_ns(1'795'241'454'000'000'007) + std::chrono::milliseconds(milliseconds);
}

inline model::Ending ending(std::int64_t milliseconds, std::string reason = "leaving",
                            model::Source source = model::Source::kFeed) {
  return {at(milliseconds), std::move(reason), source};
}

inline Endpoint endpoint(const char* address, std::uint16_t port) {
  return {parse_ip_address(address).value(), port};
}

/// Ids above 2^63 and counters of 64 bits must survive SQLite's signed INTEGER.
inline constexpr std::uint64_t kBig = 0xfedc'ba98'7654'3210;

inline model::Host full_host() {
  return {HostId{kBig + 1}, "media1", "janus 1.1.2", at(1), at(2)};
}
inline model::Conference full_conference() {
  return {ConferenceId{kBig + 2}, HostId{kBig + 1}, "media1", "videoroom", "1234", at(3), ending(4)};
}
inline model::Participant full_participant() {
  return {ParticipantId{kBig + 3}, ConferenceId{kBig + 2}, "1436214706404533", "alice", at(5)};
}
inline model::Session full_session() {
  return {SessionId{kBig + 4},
          ConferenceId{kBig + 2},
          ParticipantId{kBig + 3},
          "7784536568271798",
          "192.0.2.7",
          at(6),
          ending(7, "hangup", model::Source::kPackets)};
}
inline model::Connection full_connection() {
  model::Connection c;
  c.id = {kBig + 5};
  c.conference = {kBig + 2};
  c.participant = {kBig + 3};
  c.session = {kBig + 4};
  c.server = "media1";
  c.server_session = "7784536568271798";
  c.server_handle = "7220030342840207";
  c.opaque_id = "videoroomtest-5CLbIWQt2eVK";
  c.plugin = "videoroom";
  c.role = "publisher";
  c.ice_state = "connected";
  c.dtls_state = "closed";
  c.rtcp = "opaque";
  c.rtcp_reason = "no_key";
  c.started_at = at(8);
  c.connected_at = at(9);
  c.turn_used = true;
  c.tcp_used = true;
  c.ice_restarts = 2;
  c.pair_switches = 3;
  c.ended = ending(10, "DTLS alert", model::Source::kPackets);
  return c;
}
inline void fill_transport(model::Flow& f) {
  f.tunnels = "vxlan";
  f.vlan_id = 100;
  f.ice.state = "nominated";
  f.ice.failure = "consent_expired";
  f.ice.controlling = "client";
  f.ice.integrity = "verified";
  f.ice.checks_up = 21;
  f.ice.checks_down = 1;
  f.ice.answers_up = 2;
  f.ice.answers_down = 20;
  f.ice.errors = 3;
  f.ice.last_error = 487;
  f.ice.nominations = 19;
  f.ice.nominated_at = at(3);
  f.ice.answered_at = at(4);
  f.ice.restarts = 4;
  f.ice.goog_pings = 5;
  f.ice.dtls_in_stun = 6;
  f.ice.round_trip_min_ms = 11.5;
  f.ice.round_trip_mean_ms = 13.5;
  f.ice.server_answer_ms = 0.5;
  f.dtls.group = "x25519";
  f.dtls.offered_versions = {"DTLS 1.3", "DTLS 1.2"};
  f.dtls.offered_ciphers = {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"};
  f.dtls.offered_groups = {"X25519MLKEM768", "x25519"};
  f.dtls.offered_srtp_profiles = {"SRTP_AEAD_AES_128_GCM"};
  f.dtls.client_hellos = 2;
  f.dtls.hello_verify_requests = 1;
  f.dtls.hello_retry_requests = 7;
  f.dtls.fragmented_messages = 8;
  f.dtls.repeated_messages = 9;
  f.dtls.alert = "fatal handshake_failure";
  f.dtls.alert_sender = "client";
  f.dtls.connection_ids = true;
  f.dtls.fingerprint_check_client = "match";
  f.dtls.fingerprint_check_server = "mismatch";
  f.dtls.data_packets_up = 300;
  f.dtls.data_packets_down = 274;
  f.dtls.data_bytes_up = 30'000;
  f.dtls.data_bytes_down = 27'400;
  f.turn.state = "allocated";
  f.turn.relayed_endpoint = "198.51.100.1:49152";
  f.turn.lifetime_s = 600;
  f.turn.permissions = 1;
  f.turn.channels = 2;
  f.turn.refreshes = 3;
  f.turn.last_error = 486;
  f.turn.client_flow = {kBig + 9};
}
inline model::Flow full_flow() {
  model::Flow f;
  f.id = {kBig + 6};
  f.connection = {kBig + 5};
  f.host = {kBig + 1};
  f.confidence = 0.75;
  f.evidence = {{"ufrag_pair", "RuS3:LOgs"}, {"ssrc", "\"[quoted]\""}};
  f.conflicts = {{"candidate", "192.0.2.9:4"}};
  f.server_endpoint = endpoint("198.51.100.1", 20004);
  f.client_endpoint = endpoint("2001:db8::7", 65535);
  f.server_known = true;
  f.transport = "udp";
  f.encapsulation = "turn";
  f.interface = "eth0";
  f.first_packet = at(11);
  f.last_packet = at(12);
  f.packets_up = 1;
  f.packets_down = 2;
  f.bytes_up = 3;
  f.bytes_down = std::numeric_limits<std::uint64_t>::max();
  f.stun_packets = 5;
  f.dtls_packets = 6;
  f.rtp_packets = 7;
  f.rtcp_packets = 8;
  f.other_packets = 9;
  f.client_ufrag = "RuS3";
  f.server_ufrag = "LOgs";
  fill_transport(f);
  f.ice.round_trip_ms = 12.5;
  f.dtls.version = "DTLS 1.2";
  f.dtls.cipher = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
  f.round_trips = {13.5, "rtcp", 14.5, "ice"};
  f.srtp_profile = "SRTP_AES128_CM_HMAC_SHA1_80";
  f.dtls.client = "client";
  f.dtls.handshake_ms = 31.25;
  f.rtcp = "opaque";
  f.rtcp_reason = "late_attach";
  f.fingerprint_client = "AA:BB";
  f.fingerprint_server = "CC:DD";
  f.ended = ending(13, "idle", model::Source::kObserver);
  return f;
}
inline model::Stream full_stream() {
  model::Stream s;
  s.id = {kBig + 7};
  s.flow = {kBig + 6};
  s.connection = {kBig + 5};
  s.conference = {kBig + 2};
  s.participant = {kBig + 3};
  s.source_participant = {kBig + 8};
  s.ssrc = 0xdeadbeef;
  s.direction = "uplink";
  s.kind = "video";
  s.codec = "VP8";
  s.payload_type = 96;
  s.clock_rate_hz = 90000;
  s.clock_rate_source = "sdp";
  s.mid = "1";
  s.rid = "h";
  s.rtx_of_ssrc = 0xfffffffe;
  s.first_packet = at(14);
  s.last_packet = at(15);
  s.total = {10, 11, 12, -13, 14, 15, 16};
  s.bitrate_bps = 1e6;
  s.jitter_ms = 1.5;
  s.jitter_max_ms = 2.5;
  s.jitter_mean_ms = 3.5;
  s.jitter_frame_ms = 4.5;
  s.max_gap_ms = 5.5;
  s.recent_loss_ratio = 0.125;
  s.recent_bitrate_bps = 2e6;
  s.capture_drops = 17;
  s.typing = {"slope", "convention", "timestamps", 700.5};
  s.loss = {-27, 28, 29, 30, 31, 32, 33, 34, 35, 0.375, 0.625, 36.5};
  s.loss_split = {-44, "rtcp_rr", 144, 45, 46, 47, 48, 49, 50, 51};
  s.relay = {StreamId{kBig + 9}, 0xfffffffd, 52.5, 53.5, 54};
  s.playback = {55, 56.5, 145, 146};
  s.voice = {3.5, 3.25, 101.5, 0.0625, 57.5, 58.5, 0.75, -28.5};
  s.headers = {"1=audio-level (sdp)",
               "q",
               59,
               90,
               60.5,
               61.5,
               62,
               63,
               64,
               65,
               66,
               67,
               68,
               69,
               71.5,
               72.5,
               73.5,
               74.5,
               75.5,
               "abs_send_time",
               -76.5};
  s.video = {37.5, 38.5, 39, 40.5, 41.5, 42, 43.5};
  s.remote = {-18, 0.25, 19.5, 20.5, 21.5, 22.5, 22.25, 23, 24, 25, 26};
  s.key_frames = {77, "video_orientation", 78, 79.5, 80.5};
  s.redundancy = {0xfffffffc, "opus"};
  s.relay_leg = true;
  s.sampled = true;
  s.key_frames_ambiguous = true;
  s.ended = true;
  return s;
}
inline model::StreamSample full_sample() {
  return {StreamId{kBig + 7},
          at(16),
          at(1016),
          {20, 21, 22, -23, 24, 25, 26},
          3e6,
          6.5,
          27,
          28.5,
          29.5,
          30,
          31,
          14};
}
inline model::Event full_event() {
  return {at(17),
          HostId{kBig + 1},
          ConferenceId{kBig + 2},
          ParticipantId{kBig + 3},
          SessionId{kBig + 4},
          ConnectionId{kBig + 5},
          StreamId{kBig + 7},
          model::Source::kPackets,
          "joined",
          "alice joined room 1234",
          R"({"id":42})"};
}

/// The value, or a failure of the test with the store's own words.
template <class T>
T value(StoreResult<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

inline bool on_postgres() {
  return std::getenv("RTCSCOPE_TEST_POSTGRES") != nullptr;
}

/// Empty: SQLite in memory, or where RTCSCOPE_TEST_POSTGRES names a server (by a URL with a query part) a
/// schema of its own there, so that one set of tests holds both stores to the same.
inline std::unique_ptr<Store> fresh_store() {
  const char* const server = std::getenv("RTCSCOPE_TEST_POSTGRES");
  if (server == nullptr) return value(open_sqlite(":memory:"));
  static int count = 0;
  const std::string schema = "test_" + std::to_string(getpid()) + "_" + std::to_string(++count);
  postgres::Connection(server).execute("CREATE SCHEMA " + schema);
  return value(open_postgres(std::string(server) + "&options=-csearch_path%3D" + schema));
}

inline void put(Store& store, const std::vector<model::Change>& changes) {
  value(store.apply(changes));
}

}  // namespace rtcscope::store::testing
