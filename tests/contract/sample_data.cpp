#include "tests/contract/sample_data.hpp"

#include <cmath>
#include <stdexcept>

#include "store/sqlite_store.hpp"

namespace rtcscope::sample {
namespace {

Endpoint endpoint(const char* address, std::uint16_t port) {
  return {*parse_ip_address(address), port};
}

void add_people(std::vector<model::Change>& changes) {
  changes.push_back(model::Host{kHost, "media1", "janus 1.1.2", at(0), at(60)});
  changes.push_back(model::Conference{kLiveConference, kHost, "media1", "videoroom", "1234", at(0), {}});
  changes.push_back(model::Conference{kEndedConference, kHost, "media1", "echotest", "7", at(-600),
                                      model::Ending{at(-500), "last one left", model::Source::kFeed}});
  changes.push_back(model::Conference{kEmptyConference, {}, "media2", "videoroom", "99", at(-60), {}});
  changes.push_back(model::Participant{kAlice, kLiveConference, "42", "alice", at(1)});
  changes.push_back(model::Participant{kBob, kLiveConference, "43",
                                       "bob \"the\" b\xc3\xb6"
                                       "b",
                                       at(2)});
  changes.push_back(model::Participant{kNameless, kEndedConference, "44", "", at(-599)});
  changes.push_back(model::Session{kAliceSession, kLiveConference, kAlice, "1001", "192.0.2.7", at(1), {}});
  changes.push_back(model::Session{kBobSession, kLiveConference, kBob, "1002", "", at(2), {}});
  changes.push_back(model::Session{kNamelessSession, kEndedConference, kNameless, "1003", "192.0.2.9",
                                   at(-599), model::Ending{at(-500), "leaving", model::Source::kFeed}});
}

model::Connection connection(ConnectionId id, ParticipantId participant, SessionId session,
                             const char* role) {
  model::Connection connection;
  connection.id = id;
  connection.conference = kLiveConference;
  connection.participant = participant;
  connection.session = session;
  connection.server = "media1";
  connection.server_session = "1001";
  connection.server_handle = std::to_string(7'000'000'000 + id.value);
  connection.plugin = "videoroom";
  connection.role = role;
  connection.ice_state = "connected";
  connection.dtls_state = "connected";
  connection.rtcp = "decrypted";
  connection.started_at = at(3);
  connection.connected_at = at(4);
  return connection;
}

void add_connections(std::vector<model::Change>& changes) {
  changes.push_back(connection(kPublisher, kAlice, kAliceSession, "publisher"));
  changes.push_back(connection(kSubscriber, kAlice, kAliceSession, "subscriber"));
  changes.push_back(connection(kOfNobody, {}, {}, "unknown"));
  model::Connection failed = connection(kFailed, kNameless, kNamelessSession, "echo");
  failed.conference = kEndedConference;
  failed.ice_state = "failed";
  failed.dtls_state = "new";
  failed.connected_at.reset();
  failed.ended = model::Ending{at(-550), "ICE failed", model::Source::kFeed};
  changes.push_back(failed);
}

void fill_transport(model::Flow& flow) {
  flow.tunnels = "vxlan";
  flow.vlan_id = 100;
  flow.ice.state = "nominated";
  flow.ice.failure = "consent_expired";
  flow.ice.controlling = "client";
  flow.ice.integrity = "verified";
  flow.ice.checks_up = 21;
  flow.ice.checks_down = 1;
  flow.ice.answers_up = 2;
  flow.ice.answers_down = 20;
  flow.ice.errors = 3;
  flow.ice.last_error = 487;
  flow.ice.nominations = 19;
  flow.ice.nominated_at = at(4);
  flow.ice.answered_at = at(49);
  flow.ice.restarts = 4;
  flow.ice.goog_pings = 5;
  flow.ice.dtls_in_stun = 6;
  flow.ice.round_trip_min_ms = 11.5;
  flow.ice.round_trip_mean_ms = 13.5;
  flow.ice.server_answer_ms = 0.5;
  flow.dtls.group = "x25519";
  flow.dtls.offered_versions = {"DTLS 1.3", "DTLS 1.2"};
  flow.dtls.offered_ciphers = {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"};
  flow.dtls.offered_groups = {"X25519MLKEM768", "x25519"};
  flow.dtls.offered_srtp_profiles = {"SRTP_AEAD_AES_128_GCM"};
  flow.dtls.client_hellos = 2;
  flow.dtls.hello_verify_requests = 1;
  flow.dtls.hello_retry_requests = 7;
  flow.dtls.fragmented_messages = 8;
  flow.dtls.repeated_messages = 9;
  flow.dtls.alert = "fatal handshake_failure";
  flow.dtls.alert_sender = "client";
  flow.dtls.connection_ids = true;
  flow.dtls.fingerprint_check_client = "match";
  flow.dtls.fingerprint_check_server = "mismatch";
  flow.dtls.data_packets_up = 300;
  flow.dtls.data_packets_down = 274;
  flow.dtls.data_bytes_up = 30'000;
  flow.dtls.data_bytes_down = 27'400;
  flow.turn.state = "allocated";
  flow.turn.relayed_endpoint = "198.51.100.1:49152";
  flow.turn.lifetime_s = 600;
  flow.turn.permissions = 1;
  flow.turn.channels = 2;
  flow.turn.refreshes = 3;
  flow.turn.last_error = 486;
  flow.turn.client_flow = kLinkedFlow;
}

model::Flow linked_flow() {
  model::Flow flow;
  flow.id = kLinkedFlow;
  flow.connection = kPublisher;
  flow.host = kHost;
  flow.confidence = 1;
  flow.evidence = {{"ufrag_pair", "RuS3:LOgs"}, {"ssrc", "1111"}};
  flow.conflicts = {{"candidate", "192.0.2.9:1"}};
  flow.server_endpoint = endpoint("198.51.100.1", 20004);
  flow.client_endpoint = endpoint("192.0.2.7", 51612);
  flow.server_known = true;
  flow.transport = "udp";
  flow.encapsulation = "none";
  flow.interface = "eth0";
  flow.first_packet = at(4);
  flow.last_packet = at(50);
  flow.packets_up = 5000;
  flow.packets_down = 200;
  flow.bytes_up = 4'000'000;
  flow.bytes_down = 20'000;
  flow.stun_packets = 20;
  flow.dtls_packets = 8;
  flow.rtp_packets = 5000;
  flow.rtcp_packets = 172;
  flow.client_ufrag = "RuS3";
  flow.server_ufrag = "LOgs";
  fill_transport(flow);
  flow.ice.round_trip_ms = 12.5;
  flow.dtls.version = "DTLS 1.2";
  flow.dtls.cipher = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
  flow.srtp_profile = "SRTP_AES128_CM_HMAC_SHA1_80";
  flow.dtls.client = "client";
  flow.dtls.handshake_ms = 31.25;
  flow.rtcp = "opaque";
  flow.rtcp_reason = "late_attach";
  flow.fingerprint_client = "AA:BB";
  flow.fingerprint_server = "CC:DD";
  return flow;
}

void add_flows(std::vector<model::Change>& changes) {
  changes.push_back(linked_flow());
  model::Flow subscriber = linked_flow();
  subscriber.id = kSubscriberFlow;
  subscriber.connection = kSubscriber;
  subscriber.client_endpoint = endpoint("2001:db8::7", 51613);
  subscriber.server_endpoint = endpoint("2001:db8::1", 20005);
  changes.push_back(subscriber);
  model::Flow unmatched;
  unmatched.id = kUnmatchedFlow;
  unmatched.server_endpoint = endpoint("198.51.100.1", 20006);
  unmatched.client_endpoint = endpoint("203.0.113.5", 40000);
  unmatched.transport = "tcp";
  unmatched.encapsulation = "ice_tcp";
  unmatched.first_packet = at(20);
  unmatched.last_packet = at(21);
  unmatched.rtp_packets = 9;
  unmatched.ended = model::Ending{at(51), "idle", model::Source::kObserver};
  changes.push_back(unmatched);
}

model::Stream stream(StreamId id, std::uint32_t ssrc, const char* kind, const char* codec,
                     double recent_loss) {
  model::Stream stream;
  stream.id = id;
  stream.flow = kLinkedFlow;
  stream.connection = kPublisher;
  stream.conference = kLiveConference;
  stream.participant = kAlice;
  stream.source_participant = kAlice;
  stream.ssrc = ssrc;
  stream.direction = "uplink";
  stream.kind = kind;
  stream.codec = codec;
  stream.payload_type = 111;
  stream.clock_rate_hz = 48'000;
  stream.clock_rate_source = "sdp";
  stream.mid = "0";
  stream.first_packet = at(10);
  stream.last_packet = at(50);
  stream.total = {1480, 150'000, 1500, 20, 1, 2, 1480};
  stream.bitrate_bps = 30'000;
  stream.jitter_ms = 2.5;
  stream.jitter_max_ms = 9.5;
  stream.jitter_mean_ms = 2.25;
  stream.jitter_frame_ms = 2.125;
  stream.max_gap_ms = 61.5;
  stream.typing = {"sdp", "sdp", "", 700};
  stream.loss = {19, 0, 0, 3, 1, 9, 5, 1471, 15, 5.0 / 9, 15.0 / 1471, 180};
  if (stream.kind == "video") stream.video = {15, 101.5, 4000, 66.5, 7.5, 1, 240};
  stream.recent_loss_ratio = recent_loss;
  stream.recent_bitrate_bps = 32'000;
  return stream;
}

void add_streams(std::vector<model::Change>& changes) {
  changes.push_back(stream(kAudio, 1111, "audio", "opus", 0));
  changes.push_back(stream(kVideo, 2222, "video", "VP8", 0.031));
  model::Stream rtx = stream(kRtx, 3333, "video", "rtx", 0.9);
  rtx.rtx_of_ssrc = 2222;
  rtx.jitter_ms = rtx.jitter_max_ms = rtx.jitter_mean_ms = rtx.jitter_frame_ms = std::nullopt;
  changes.push_back(rtx);
  model::Stream downlink = stream(kDownlink, 4'294'967'295, "video", "VP8", 0);
  downlink.flow = kSubscriberFlow;
  downlink.connection = kSubscriber;
  downlink.source_participant = kBob;
  downlink.direction = "downlink";
  downlink.ended = true;
  changes.push_back(downlink);
  model::Stream unknown;
  unknown.id = kUnknown;
  unknown.flow = kUnmatchedFlow;
  unknown.ssrc = 5555;
  unknown.direction = unknown.kind = "unknown";
  unknown.first_packet = at(20);
  unknown.last_packet = at(21);
  unknown.total.packets = 9;
  unknown.ended = true;
  changes.push_back(unknown);
}

void add_samples(std::vector<model::Change>& changes, StreamId stream, int count) {
  for (int i = 0; i < count; ++i) {
    model::StreamSample sample;
    sample.stream = stream;
    sample.start = at(10 + i + (i >= 20 ? 10 : 0));
    sample.end = sample.start + std::chrono::seconds{1};
    sample.interval = {50, 5000, 52, i % 10 == 9 ? -1 : 2, 0, 1, 50};
    sample.bitrate_bps = 40'000;
    if (i > 0) sample.jitter_ms = 2.5 + i;
    changes.push_back(sample);
  }
}

void add_events(std::vector<model::Change>& changes) {
  const auto add = [&](double seconds, const char* kind, const char* text, const char* detail) {
    model::Event event;
    event.time = at(seconds);
    event.host = kHost;
    event.conference = kLiveConference;
    event.participant = kAlice;
    event.session = kAliceSession;
    event.connection = kPublisher;
    event.source = model::Source::kFeed;
    event.kind = kind;
    event.text = text;
    event.detail = detail;
    changes.push_back(event);
  };
  add(1, "joined", "alice joined room 1234", R"({"room":1234})");
  add(5, "slow_link", "alice's uplink is slow", "");
  add(6, "odd", "what was said is no JSON", "{broken");
  model::Event alone;
  alone.time = at(7);
  alone.source = model::Source::kObserver;
  alone.kind = "capture_started";
  alone.text = "capture began";
  changes.push_back(alone);
}

void add_issues(std::vector<model::Change>& changes) {
  model::Issue issue;
  issue.id = {900};
  issue.host = kHost;
  issue.conference = kLiveConference;
  issue.participant = kAlice;
  issue.connection = kPublisher;
  issue.kind = "high_loss";
  issue.severity = "warning";
  issue.started_at = at(12);
  issue.text = "alice's uplink lost 3.1 % for 42 s";
  issue.evidence = {{"lost", "31 packets in 10 s"}};
  changes.push_back(issue);
  model::Issue over;
  over.id = {901};
  over.kind = "capture_loss";
  over.severity = "warning";
  over.started_at = at(13);
  over.ended_at = at(20);
  over.text = "our own capture lost 12 frames: figures of that time are incomplete";
  changes.push_back(over);
}

api::BusStats bus_stats() {
  api::ProbeStats probe;
  probe.host = "media-1";
  probe.version = "0.1.0";
  probe.source = "live capture on eth0";
  probe.last_batch_at = at(59.75);
  probe.clock = at(59.5);
  probe.batches = 120;
  probe.bytes = 96'000;
  probe.lost = 2;
  probe.repeated = 1;
  probe.packets = 100'000;
  probe.waiting = 3;
  probe.waiting_bytes = 2400;
  api::ProbeStats silent;
  silent.host = "media-2";
  silent.silent = true;
  silent.error = "the disk is full";
  return {true, "amqp://rabbit:5672", true, 120, 96'000, 1, {{"other_format", 1}}, 0, "", {probe, silent}};
}

}  // namespace

UtcTime at(double seconds) {
  return utc_from_ns(1'795'241'454'000'000'000) +
         std::chrono::milliseconds(static_cast<std::int64_t>(std::llround(seconds * 1000)));
}

std::vector<model::Change> changes() {
  std::vector<model::Change> all;
  add_people(all);
  add_connections(all);
  add_flows(all);
  add_streams(all);
  add_samples(all, kAudio, 30);
  add_samples(all, kVideo, 5);
  add_events(all);
  add_issues(all);
  return all;
}

std::unique_ptr<store::Store> filled_store() {
  auto opened = store::open_sqlite(":memory:");
  if (!opened) throw std::runtime_error(opened.error().message);
  const auto applied = (*opened)->apply(changes());
  if (!applied) throw std::runtime_error(applied.error().message);
  return std::move(*opened);
}

api::Stats Counters::stats() const {
  api::Stats stats;
  stats.version = "0.1.0";
  stats.mode = "observe";
  stats.source = "live capture on eth0 and lo";
  stats.started_at = at(0);
  stats.now = at(60);
  stats.uptime_s = 60;
  stats.clock = at(59.5);
  stats.capture.interfaces = {{"eth0", 100, 90'000, 1, 2, 3}, {"lo", 10, 9000, 0, 5, 0}};
  stats.decode.frames = 110;
  stats.refusals = {{"stun", "bad_length", 4}};
  stats.flows.active = 2;
  stats.flows.capacity = 65'536;
  stats.live = {2, 1000, 1, 0, 77, 3, 0};
  stats.client_reports = {12, 3, 1, {{"quota_exceeded", 4}}};
  stats.capture_ring = {true, 4000, 480'000, 2, 1, 3, 300'000, 1'073'741'824, at(1), "the disk is full"};
  stats.access = {true, 2, 1, 3, 1, 4, 5, 6};
  stats.feed.deliveries = 7;
  stats.feed.last_event_at = at(50);
  stats.feed.sources = {{"janus_admin", "http://127.0.0.1:7088/admin", true, 12, 0, 1, "", at(49)}};
  stats.store.written = 66;
  stats.store.spooled = 12;
  stats.store.spool_capacity_bytes = 1'073'741'824;
  stats.store.last_error = "disk full";
  stats.hep.enabled = true;
  stats.hep.targets = {{"hep:udp://homer:9060",
                        true,
                        5,
                        900,
                        0,
                        0,
                        {{"queue_full", 1}, {"unsent", 0}},
                        0,
                        4096,
                        0,
                        0,
                        0,
                        0,
                        ""},
                       {"hep:tls://other:9062",
                        false,
                        0,
                        0,
                        9,
                        10,
                        {{"queue_full", 0}, {"unsent", 2}},
                        7,
                        4096,
                        40,
                        33,
                        9000,
                        268'435'456,
                        "refused"}};
  stats.hep.refused = {{"time", 1}};
  stats.bus = bus_stats();
  stats.hep_in = {"udp:127.0.0.1:9060", 9, 3, 1, 1, 0, {{"magic", 4}}};
  return stats;
}

std::vector<api::ReadinessCheck> Counters::readiness() const {
  return {{"capture", capture_ready, true, capture_ready ? "packets are read" : "eth0 is gone"},
          {"feed", false, false, "no event yet"}};
}

}  // namespace rtcscope::sample
