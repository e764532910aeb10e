#include <algorithm>
#include <cmath>

#include "api/peermetrics/connections.hpp"
#include "api/peermetrics/negotiation.hpp"

namespace rtcscope::api::peermetrics {
namespace {

constexpr std::size_t kTrackIdCharacters = 40;
constexpr std::size_t kMaxReports = 64;  // of one kind and direction
constexpr double kLowEmosAfterMs = 30'000;

bool counts(const Json& report) {
  double sum = 0;
  for (const char* name : {"bytesSent", "bytesReceived", "packetsSent", "packetsReceived"}) {
    sum += number_member(report, name).value_or(0);
  }
  return sum > 0;
}

/// Both ends of a pair are known, or octets went over it: not what the first look at a new one says.
bool is_established(const Json& pair) {
  const bool both = !text_member(member(pair, "local"), "candidateType").empty() &&
                    !text_member(member(pair, "remote"), "candidateType").empty();
  return both || counts(pair);
}

std::string type_of(const Json& pair) {
  const std::string type = text_member(member(pair, "local"), "candidateType");
  return type == "host" || type == "srflx" || type == "prflx" || type == "relay" ? type : std::string();
}

void take_pair(Scope& scope, client::Connection& connection, const Json& pair) {
  if (const std::string type = type_of(pair); !type.empty()) connection.type = type;
  if (is_established(pair)) connection.established = true;
  if (connection.type == "relay" && detect(connection, "detected_turn")) {
    scope.raise("turn_used", &connection);
  }
  if (text_member(member(pair, "local"), "protocol") == "tcp" && detect(connection, "detected_tcp")) {
    scope.raise("tcp_used", &connection);
  }
}

/// The remote-outbound report of the same SSRC; null when there is none.
const Json& remote_of(const Json& data, const Json& inbound) {
  static const Json kNone;
  const Json& list = member(member(member(data, "remote"), "audio"), "inbound");
  if (!list.is_array()) return kNone;
  const auto found = std::find_if(list.begin(), list.end(), [&](const Json& one) {
    return !member(inbound, "ssrc").is_null() && member(one, "ssrc") == member(inbound, "ssrc");
  });
  return found == list.end() ? kNone : *found;
}

void judge(Scope& scope, const client::Connection& connection, double emos) {
  client::Session& session = scope.session();
  const auto enough = static_cast<std::int64_t>(
      std::ceil(kLowEmosAfterMs / static_cast<double>(std::max<std::int64_t>(scope.app().interval_ms, 1))));
  if (emos < 3) {
    if (++session.very_low_emos_samples == enough) scope.raise("very_low_emos", &connection, "{}", true);
  } else if (emos < 4) {
    if (++session.low_emos_samples == enough) scope.raise("low_emos", &connection, "{}", true);
  }
}

client::Track track_of(Scope& scope, const client::Connection& connection, const std::string& id,
                       const char* kind, const char* direction) {
  if (auto known = scope.rows().track(scope.session().id, id)) return *std::move(known);
  client::Track track;
  track.id = new_uuid();
  track.created_at = scope.time();
  track.session = scope.session().id;
  track.connection = connection.id;
  track.track_id = id;
  track.kind = kind;
  track.direction = direction;
  scope.session().kept_rows += 1;
  scope.rows().save(track);
  return track;
}

/// Reports of a track become events of their own, the others stay in `main`.
void take_reports(Scope& scope, const client::Connection& connection, const Json& data, const char* kind,
                  const char* direction, Json& main) {
  const Json& list = member(member(data, kind), direction);
  if (!list.is_array()) return;
  const auto round_trip = number_member(member(data, "connection"), "currentRoundTripTime");
  const std::size_t count = std::min(list.size(), kMaxReports);
  for (std::size_t i = 0; i < count; ++i) {
    Json report = list[i];
    if (!report.is_object()) continue;
    const bool heard = kind == std::string_view("audio") && direction == std::string_view("inbound");
    const auto emos = heard ? emos_of(report, remote_of(data, report), round_trip) : std::nullopt;
    if (emos) report["emos"] = *emos;
    if (emos) judge(scope, connection, *emos);
    const std::string id = cut(text_member(member(report, "track"), "trackIdentifier"), kTrackIdCharacters);
    if (id.empty()) {
      main[kind][direction].push_back(std::move(report));
      continue;
    }
    client::Event event = scope.event("stats", "stats", &connection);
    event.track = track_of(scope, connection, id, kind, direction).id;
    event.data = report.dump();
    scope.store(std::move(event));
  }
}

}  // namespace

std::optional<double> emos_of(const Json& inbound, const Json& remote, std::optional<double> round_trip_s) {
  const double received = number_member(inbound, "packetsReceived").value_or(0);
  const double lost = number_member(inbound, "packetsLost").value_or(0);
  const double sent = number_member(remote, "packetsSent").value_or(0);
  if (received + lost <= 0) return std::nullopt;
  const double loss = sent > 0 ? std::max((sent - received) / sent, 0.0) : lost / (lost + received);
  const double emitted = number_member(inbound, "jitterBufferEmittedCount").value_or(0);
  const double waited = number_member(inbound, "jitterBufferDelay").value_or(0);
  const double delay = 20 + (emitted > 0 ? waited / emitted * 1000 : 0) + round_trip_s.value_or(0) * 1000 / 2;
  const double bitrate = number_member(inbound, "bitrate").value_or(0);
  const double ie = bitrate > 0 ? std::clamp(55 - 4.6 * std::log(bitrate), 0.0, 30.0) : 6;
  const double bpl = number_member(inbound, "fecPacketsReceived").value_or(0) > 0 ? 20 : 10;
  // ITU-T G.107, 7.4: Ppl is a percentage.
  const double ppl = loss * 100;
  const double ie_eff = ie + (100 - ie) * ppl / (ppl + bpl);
  const double id = 0.03 * delay + (delay > 150 ? 0.1 * (delay - 150) : 0);
  const double r = std::clamp(100 - ie_eff - id, 0.0, 100.0);
  const double mos = 1 + 0.035 * r + 7 * r * (r - 60) * (100 - r) / 1e6;
  return std::round(std::clamp(mos, 1.0, 5.0) * 100) / 100;
}

Answer take_stats(Scope& scope, const Json& body) {
  const auto id = required_text(body, "connectionId", 64);
  if (!id) return Unexpected{id.error()};
  const Json& data = member(body, "data");
  const Json& pair = member(data, "connection");
  if (data.is_null()) return refused(Code::kMissingParameters);
  if (!pair.is_object()) return refused(Code::kInvalidParameters);
  auto connection = scope.connection(*id);
  if (!connection) return Unexpected{connection.error()};
  if (connection->end_time) return refused(Code::kConnectionEnded);
  take_pair(scope, *connection, pair);
  Json main{{"connection", pair}};
  for (const char* kind : {"audio", "video"}) {
    for (const char* direction : {"inbound", "outbound"}) {
      take_reports(scope, *connection, data, kind, direction, main);
    }
  }
  if (const Json& remote = member(data, "remote"); remote.is_object()) main["remote"] = remote;
  client::Event event = scope.event("stats", "stats", &*connection);
  event.data = main.dump();
  scope.store(std::move(event));
  scope.rows().save(*connection);
  return Json("");
}

}  // namespace rtcscope::api::peermetrics
