#pragma once
// Facts and flows made by hand, and a sink that keeps what the correlator tells.

#include <map>
#include <string>
#include <vector>

#include "correlator/correlator.hpp"
#include "tests/support/packet_builder.hpp"

namespace rtcscope::correlator {

using namespace std::chrono_literals;

inline const UtcTime kStart = utc_from_ns(1'795'225'174'000'000'000);

struct Recorder : model::ChangeSink {
  std::map<ConferenceId, model::Conference> conferences;
  std::map<ParticipantId, model::Participant> participants;
  std::map<SessionId, model::Session> sessions;
  std::map<ConnectionId, model::Connection> connections;
  std::map<FlowId, model::Flow> flows;
  std::map<StreamId, model::Stream> streams;
  std::vector<model::StreamSample> samples;
  std::vector<model::Event> events;
  std::map<IssueId, model::Issue> issues;
  model::Host host;

  void on_change(const model::Change& change) override { std::visit(*this, change); }
  void operator()(const model::Host& e) { host = e; }
  void operator()(const model::Conference& e) { conferences[e.id] = e; }
  void operator()(const model::Participant& e) { participants[e.id] = e; }
  void operator()(const model::Session& e) { sessions[e.id] = e; }
  void operator()(const model::Connection& e) { connections[e.id] = e; }
  void operator()(const model::Flow& e) { flows[e.id] = e; }
  void operator()(const model::Stream& e) { streams[e.id] = e; }
  void operator()(const model::StreamSample& e) { samples.push_back(e); }
  void operator()(const model::Event& e) { events.push_back(e); }
  void operator()(const model::Issue& e) { issues[e.id] = e; }

  [[nodiscard]] const model::Event* event(const std::string& kind) const {
    for (const model::Event& e : events) {
      if (e.kind == kind) return &e;
    }
    return nullptr;
  }
};

/// A handle of a media server, and what it says. Times are offsets from kStart.
struct Peer {
  std::string session;
  std::string handle;
  std::string server = "media-1";

  [[nodiscard]] feeds::Fact says(Duration at, feeds::FactBody body) const {
    return {{kStart + at, server, session, handle, ""}, std::move(body)};
  }
  /// A description with one audio medium.
  [[nodiscard]] feeds::Fact describes(Duration at, feeds::DescriptionOwner owner, const std::string& ufrag,
                                      const std::string& fingerprint, std::uint32_t ssrc = 0) const {
    sdp::OwnedSdp text;
    text.transport.ice_ufrag = ufrag;
    if (!fingerprint.empty()) text.transport.fingerprints.push_back({"sha-256", fingerprint});
    sdp::Media audio;
    audio.kind = "audio";
    audio.mid = "0";
    audio.rtpmaps[111] = {"opus", 48000, 2};
    if (ssrc != 0) audio.ssrcs[ssrc] = {};
    text.media.push_back(audio);
    const bool server_side = owner == feeds::DescriptionOwner::kServer;
    return says(at, feeds::Description{owner, server_side ? "answer" : "offer", text});
  }
};

inline feeds::Fact joined(const Peer& peer, Duration at, const std::string& room, const std::string& user,
                          const std::string& display, const std::string& private_id = "") {
  return peer.says(at, feeds::RoomJoined{"videoroom", room, user, private_id, display});
}

inline feeds::Fact left(Duration at, const std::string& room, const std::string& user,
                        const std::string& server = "media-1") {
  return {{kStart + at, server, "", "", ""}, feeds::RoomLeft{"videoroom", room, user, "leaving"}};
}

/// A flow between a client and the server, seen from `at` on.
inline flows::FlowSnapshot flow(std::uint64_t id, Duration at, const std::string& server_ufrag,
                                const std::string& client_ufrag, std::uint16_t client_port = 40000) {
  flows::FlowSnapshot f;
  f.id = {id};
  f.key.a = testing::endpoint("198.18.0.11", client_port);
  f.key.b = testing::endpoint("198.18.0.1", 50000);
  f.first_packet = kStart + at;
  f.last_packet = kStart + at + 1s;
  if (!server_ufrag.empty()) {
    f.ice_usernames.push_back({server_ufrag, client_ufrag, flows::Side::kA, kStart + at});
  }
  return f;
}

inline flows::StreamReport report(std::uint64_t stream, std::uint64_t flow, std::uint32_t ssrc, Duration at,
                                  flows::Side sender = flows::Side::kA) {
  flows::StreamReport r;
  r.stream = {stream};
  r.flow = {flow};
  r.ssrc = ssrc;
  r.sender = sender;
  r.payload_type = 111;
  r.start = kStart + at;
  r.end = kStart + at + 1s;
  r.first_packet = kStart;
  r.last_packet = r.end;
  r.interval.packets = 50;
  r.interval.expected = 50;
  r.interval.bytes = 5000;
  r.total = r.interval;
  r.jitter[2] = {48000, 4ms, 6ms, 3ms, 2ms};
  r.jitter[3] = {90000, 9ms, 9ms, 9ms, 9ms};
  return r;
}

class Scene : public ::testing::Test {
 protected:
  static constexpr auto kServer = feeds::DescriptionOwner::kServer;
  static constexpr auto kClient = feeds::DescriptionOwner::kClient;

  const Peer alice{"11", "101"};
  const Peer bob{"22", "202"};
  Recorder sink;
  Correlator correlator{{"host"}, {}, 1, sink};

  void take(const feeds::Fact& fact) { correlator.on_fact(fact); }
  void take(const flows::FlowSnapshot& flow) { correlator.on_flow(flow); }
  void take(const flows::StreamReport& report) { correlator.on_stream_report(report); }
  template <class... Inputs>
  void take_all(const Inputs&... inputs) {
    (take(inputs), ...);
  }
  /// The handle that a flow is linked to, "" when none.
  std::string handle_of(std::uint64_t flow) {
    correlator.advance(kStart + 1h);
    const auto connection = sink.connections.find(sink.flows.at(FlowId{flow}).connection);
    return connection == sink.connections.end() ? "" : connection->second.server_handle;
  }
};

}  // namespace rtcscope::correlator
