#include "correlator/issues/rules.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "flows/names.hpp"

namespace rtcscope::correlator {
namespace {

using namespace std::chrono_literals;

constexpr Duration kActive = 3s;  // a stream without a report for longer does not run
constexpr std::uint64_t kOneWayPackets = 50;

std::uint64_t packets_of(const FlowState& flow, flows::Side side) {
  const flows::FlowSnapshot& f = flow.snapshot;
  std::uint64_t sum = 0;
  for (const flows::ClassCounts* counts :
       {&f.stun_packets, &f.dtls_packets, &f.rtp_packets, &f.rtcp_packets, &f.other_packets}) {
    sum += counts->packets[index(side)];
  }
  return sum;
}

}  // namespace

bool is_media(const StreamView& view) {
  return !model::is_repair(view.format) && view.format.kind != "unknown";
}

bool IssueEngine::Rules::active(const StreamView& view) const {
  return !view.stream->last.final && view.stream->last.end + kActive >= now_ &&
         view.stream->last.interval.packets != 0;
}

Finding IssueEngine::Rules::finding(const char* kind, const std::string& what) const {
  Finding f;
  f.kind = kind;
  f.subject = std::to_string(view_.handle->id.value) + " " + what;
  f.who = view_.who;
  f.what = what;
  if (view_.handle->role != "unknown") f.role = view_.handle->role + " ";
  f.conference = view_.conference;
  f.participant = view_.participant;
  f.connection = view_.handle->id;
  return f;
}

void IssueEngine::Rules::take(Finding finding, State state) {
  finding.state = state;
  engine_.book_.take(now_, finding);
}

void IssueEngine::Rules::take_figure(Finding finding, double value) {
  const IssueRule& limits = rule(finding.kind);
  finding.value = value;
  take(std::move(finding), value >= limits.raise   ? State::kBad
                           : value <= limits.clear ? State::kFine
                                                   : State::kBetween);
}

void IssueEngine::Rules::note(Finding& finding, const char* kind, double value, const char* unit) const {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.6g%s", value, unit);
  finding.evidence.push_back({kind, text.data()});
}

bool IssueEngine::Rules::is_up() const {
  return view_.handle->up || std::any_of(view_.flows.begin(), view_.flows.end(), [](const FlowState* flow) {
           return flow->snapshot.dtls.connected.has_value() || flow->snapshot.rtp_packets.packets[0] != 0 ||
                  flow->snapshot.rtp_packets.packets[1] != 0;
         });
}

void IssueEngine::Rules::remember() {
  memory_.was_up = memory_.was_up || is_up();
  std::uint64_t from_client = 0;
  for (const FlowState* flow : view_.flows) {
    if (flow->server()) from_client += packets_of(*flow, other(*flow->server()));
  }
  if (from_client != memory_.client_packets) {
    memory_.client_packets = from_client;
    memory_.client_heard = now_;
  }
  for (const StreamView& view : view_.streams) {
    const flows::StreamReport& report = view.stream->last;
    if (report.end > engine_.looked_) {
      engine_.capture_drops_ = std::max(engine_.capture_drops_, report.capture_drops);
    }
    if (active(view)) memory_.last_sent[report.stream] = now_;
    if (!is_media(view) || !view.uplink) continue;
    Counted& seen = memory_.seen[report.stream];
    memory_.up += {static_cast<double>(report.total.lost - seen.lost),
                   static_cast<double>(report.total.expected - seen.expected)};
    seen = {report.total.lost, report.total.expected};
  }
}

void IssueEngine::Rules::run() {
  failures();
  connectivity();
  certificates();
  path();
  one_way();
  uplink_loss();
  downlink_loss();
  server_loss();
  jitter();
  round_trip();
  bitrate();
  voice();
  silence();
  freezes();
  skew();
}

void IssueEngine::Rules::close() {
  failures();
  engine_.book_.end_connection(view_.handle->id, view_.ended->time);
  memory_ = Memory{};
  memory_.closed = true;
}

void IssueEngine::Rules::failures() {
  const Handle& handle = *view_.handle;
  const std::string reason = handle.ended ? handle.ended->reason : "";
  Finding ice = finding("ice_failed");
  ice.since = view_.ended ? view_.ended->time : UtcTime{};
  const bool leaves = !handle.ended && handle.may_be_leaving(now_);
  const bool said = (handle.ice_state == "failed" && !leaves) || reason == "ICE failed";
  ice.evidence.push_back({"feed", reason.empty() ? "ICE failed" : "hang-up: " + reason});
  if (said) take(std::move(ice), State::kBad);
  Finding dtls = finding("dtls_failed");
  dtls.since = view_.ended ? view_.ended->time : UtcTime{};
  bool failed = handle.dtls_state == "failed" || reason == "DTLS timeout" || reason == "DTLS error" ||
                reason == "DTLS-SRTP stack error";
  if (failed) dtls.evidence.push_back({"feed", reason.empty() ? "DTLS failed" : "hang-up: " + reason});
  for (const FlowState* flow : view_.flows) {
    if (flow->snapshot.dtls.state != flows::DtlsState::kFailed) continue;
    failed = true;
    dtls.evidence.push_back(
        {"packets", std::string("alert ") + flows::dtls_alert_name(flow->snapshot.dtls.alert_description)});
  }
  if (failed) take(std::move(dtls), State::kBad);
}

void IssueEngine::Rules::connectivity() {
  const Handle& handle = *view_.handle;
  // Both have described themselves: from now on a connection is due.
  const bool due = !handle.of_client.ufrags.empty() && !handle.of_server.ufrags.empty() && handle.negotiated;
  const bool failed = handle.ice_state == "failed" || handle.dtls_state == "failed";
  if (due && !memory_.was_up && !failed) {
    Finding f = finding("no_connection");
    f.since = *handle.negotiated;
    f.evidence.push_back({"ice", handle.ice_state.empty() ? "not begun" : handle.ice_state});
    take(std::move(f), State::kBad);
  } else if (memory_.was_up) {
    take(finding("no_connection"), State::kFine);
  }
  const bool closing = std::any_of(view_.flows.begin(), view_.flows.end(), [](const FlowState* flow) {
    return flow->snapshot.dtls.state == flows::DtlsState::kClosed;
  });
  if (!memory_.was_up || closing || memory_.client_heard == UtcTime{}) return;
  Finding f = finding("connection_lost");
  // Above the longest pause of a client that is there: consent checks come every 5 s (RFC 7675, 5.1).
  const bool silent = now_ - memory_.client_heard >= 6s;
  f.since = memory_.client_heard;
  f.evidence.push_back({"packets", "last packet of the client at " + to_rfc3339(memory_.client_heard)});
  take(std::move(f), silent ? State::kBad : State::kFine);
}

// RFC 8122, 5: the certificate must have the fingerprint that the description announced.
void IssueEngine::Rules::certificates() {
  for (const FlowState* flow : view_.flows) {
    if (!flow->server()) continue;
    for (const flows::CertificateFingerprint& certificate : flow->snapshot.fingerprints) {
      const bool of_server = certificate.sender == *flow->server();
      const auto& announced = (of_server ? view_.handle->of_server : view_.handle->of_client).fingerprints;
      const std::string seen = flows::fingerprint_text(certificate);
      if (announced.empty()) continue;
      Finding f = finding("fingerprint_mismatch", of_server ? "server" : "client");
      f.evidence = {{"packets", seen}, {"feed", *announced.begin()}};
      take(std::move(f), announced.count(seen) == 0 ? State::kBad : State::kFine);
    }
  }
}

void IssueEngine::Rules::path() {
  bool turn = false, tcp = false;
  std::string turn_proof, tcp_proof;
  for (const FlowState* flow : view_.flows) {
    const flows::FlowSnapshot& f = flow->snapshot;
    const bool media = f.rtp_packets.packets[0] + f.rtp_packets.packets[1] != 0;
    if (!media || f.last_packet + 10s < now_) continue;
    if (f.key.encapsulation == flows::Encapsulation::kTurn) {
      turn = true;
      turn_proof = to_string(f.key.a) + " " + to_string(f.key.b);
    }
    if (f.key.transport == Transport::kTcp) {
      tcp = true;
      tcp_proof = to_string(f.key.a) + " " + to_string(f.key.b);
    }
  }
  if (!view_.handle->pairs.empty() && view_.handle->pairs.back().pair.remote_type == "relay") {
    turn = true;
    turn_proof = "selected candidate of type relay";
  }
  Finding by_turn = finding("turn_used");
  by_turn.evidence.push_back({"path", turn_proof});
  take(std::move(by_turn), turn ? State::kBad : State::kFine);
  Finding by_tcp = finding("tcp_used");
  by_tcp.evidence.push_back({"path", tcp_proof});
  take(std::move(by_tcp), tcp ? State::kBad : State::kFine);
}

// Only where both sides said that they send and receive the same medium.
void IssueEngine::Rules::one_way() {
  const SideFacts& server = view_.handle->of_server;
  const bool both =
      std::any_of(view_.handle->of_client.sendrecv.begin(), view_.handle->of_client.sendrecv.end(),
                  [&](const std::string& mid) { return server.sendrecv.count(mid) != 0; });
  if (!both || !memory_.was_up) return;
  std::uint64_t up = 0, down = 0;
  for (const StreamView& view : view_.streams) {
    for (const RecentReport& report : view.stream->recent) {
      if (report.end + 10s >= now_) (view.uplink ? up : down) += report.packets;
    }
  }
  Finding f = finding("one_way_media");
  f.what = up != 0 ? "uplink" : "downlink";
  note(f, "uplink", static_cast<double>(up), " packets in 10 s");
  note(f, "downlink", static_cast<double>(down), " packets in 10 s");
  const bool bad = (up == 0) != (down == 0) && up + down >= kOneWayPackets;
  take(std::move(f), bad ? State::kBad : State::kFine);
}

void IssueEngine::Rules::round_trip() {
  const FlowState* newest = nullptr;
  for (const FlowState* flow : view_.flows) {
    const flows::FlowSnapshot& f = flow->snapshot;
    if (!flow->server() || !f.ice.last_success || *f.ice.last_success + 10s < now_) continue;
    if (!f.ice.last_round_trip[index(other(*flow->server()))]) continue;
    if (newest == nullptr || *f.ice.last_success > *newest->snapshot.ice.last_success) newest = flow;
  }
  if (newest == nullptr) return;
  const double ms = to_milliseconds(*newest->snapshot.ice.last_round_trip[index(other(*newest->server()))]);
  Finding f = finding("high_rtt");
  note(f, "ice_round_trip", ms, " ms");
  take_figure(std::move(f), ms);
}

// The server's word that the connection is up and the handshake's end at the tap are one moment.
void IssueEngine::Rules::skew() {
  if (memory_.skew_measured || !view_.handle->up || view_.handle->up_is_seen) return;
  for (const FlowState* flow : view_.flows) {
    if (!flow->snapshot.dtls.connected) continue;
    memory_.skew_measured = true;
    engine_.clocks_.add(view_.handle->server, *view_.handle->up, *flow->snapshot.dtls.connected);
    return;
  }
}

void IssueEngine::Rules::forwarding(const std::map<ParticipantId, std::set<std::string>>& uplinks) {
  const Handle& handle = *view_.handle;
  if (handle.role != "subscriber" || !memory_.was_up || now_ - memory_.client_heard > 6s) return;
  for (const auto& [mid, source] : handle.sources) {
    const auto kind = handle.kind_of_mid.find(mid);
    const auto sends = uplinks.find(source.participant);
    if (kind == handle.kind_of_mid.end() || !source.participant.valid()) continue;
    Finding f = finding("server_not_forwarding", mid);
    f.what = source.name + "'s " + kind->second;
    const bool comes =
        std::any_of(view_.streams.begin(), view_.streams.end(), [&, &mid = mid](const StreamView& view) {
          return !view.uplink && view.format.mid == mid && active(view);
        });
    const bool sent = sends != uplinks.end() && sends->second.count(kind->second) != 0;
    f.evidence.push_back({"uplink", "the server gets it"});
    const bool wanted = source.active && !handle.paused;
    take(std::move(f), sent && wanted && !comes ? State::kBad : State::kFine);
  }
}

}  // namespace rtcscope::correlator
