#include "store/health.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace rtcscope::store {
namespace {

std::string one_decimal(double value) {
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%.1f", value);
  return text.data();
}

HealthWord grade(const std::optional<double>& value, double degraded, double bad) {
  if (!value) return HealthWord::kUnknown;
  if (*value >= bad) return HealthWord::kBad;
  return *value >= degraded ? HealthWord::kDegraded : HealthWord::kGood;
}

std::string with_name(std::string_view who, std::string text) {
  return who.empty() ? text : std::string(who) + " " + text;
}

/// "uplink video", "audio", "stream": only what is known.
std::string stream_name(const model::Stream& stream) {
  std::string name;
  if (stream.direction == "uplink" || stream.direction == "downlink") name = stream.direction + " ";
  return name + (stream.kind == "audio" || stream.kind == "video" ? stream.kind : "stream");
}

std::string loss_text(const model::Stream& stream, double ratio) {
  const std::string percent = one_decimal(ratio * 100) + " %";
  return stream.ended ? " lost " + percent + " in all" : " lost " + percent + " in the last 10 s";
}

std::string quantity(std::uint64_t count, const char* noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

/// How far over its threshold a stream is: orders streams with the same word.
double excess(const model::Stream& stream) {
  return std::max(judged_loss_ratio(stream).value_or(0) / kBadLossRatio,
                  stream.jitter_ms.value_or(0) / kBadJitterMs);
}

void raise(std::optional<double>& highest, const std::optional<double>& value) {
  if (value) highest = std::max(highest.value_or(*value), *value);
}

void add(DirectionFigures& sum, const model::Stream& stream) {
  const auto& bitrate = stream.ended ? stream.bitrate_bps : stream.recent_bitrate_bps;
  if (bitrate) sum.bitrate_bps = sum.bitrate_bps.value_or(0) + *bitrate;
  if (is_rtx(stream)) return;
  sum.streams += 1;
  sum.packets += stream.total.packets;
  sum.expected += stream.total.expected;
  sum.lost += stream.total.lost;
  raise(sum.loss_ratio, judged_loss_ratio(stream));
  raise(sum.jitter_ms, stream.jitter_ms);
}

struct WorstStream {
  const NamedStream* stream = nullptr;
  Verdict verdict;
  std::uint64_t judged = 0;  // streams with a word

  void consider(const NamedStream& candidate) {
    Verdict other = judge(candidate.stream, candidate.who);
    if (other.word == HealthWord::kUnknown) return;
    judged += 1;
    const bool worse = stream == nullptr || other.word > verdict.word ||
                       (other.word == verdict.word && excess(candidate.stream) > excess(stream->stream));
    if (!worse) return;
    stream = &candidate;
    verdict = std::move(other);
  }
};

Verdict worst_connection(std::span<const NamedConnection> connections) {
  const bool live = std::ranges::any_of(connections, [](const auto& c) { return !c.connection.ended; });
  for (const auto& [connection, who] : connections) {
    if (live && connection.ended) continue;
    Verdict verdict = judge(connection, who);
    if (verdict.word != HealthWord::kUnknown) return verdict;
  }
  return {};
}

Verdict overall(const WorstStream& worst, Verdict connection, bool live) {
  if (connection.word == HealthWord::kBad) return connection;
  if (worst.verdict.word == HealthWord::kUnknown) return {HealthWord::kUnknown, "no stream to judge"};
  if (worst.verdict.word != HealthWord::kGood) return worst.verdict;
  const std::string count = quantity(worst.judged, live ? "live stream" : "stream");
  return {HealthWord::kGood, count + " with little loss and jitter"};
}

}  // namespace

bool is_rtx(const model::Stream& stream) noexcept {
  return stream.rtx_of_ssrc.has_value() || stream.codec == "rtx" || stream.codec == "RTX";
}

std::optional<double> total_loss_ratio(const model::Stream& stream) noexcept {
  if (stream.total.expected == 0) return std::nullopt;
  const double ratio = static_cast<double>(stream.total.lost) / static_cast<double>(stream.total.expected);
  return std::clamp(ratio, 0.0, 1.0);
}

std::optional<double> judged_loss_ratio(const model::Stream& stream) noexcept {
  return stream.ended ? total_loss_ratio(stream) : stream.recent_loss_ratio;
}

Verdict judge(const model::Stream& stream, std::string_view who) {
  if (is_rtx(stream)) return {HealthWord::kUnknown, "retransmissions are not judged"};
  const auto loss = judged_loss_ratio(stream);
  const HealthWord by_loss = grade(loss, kDegradedLossRatio, kBadLossRatio);
  const HealthWord by_jitter = grade(stream.jitter_ms, kDegradedJitterMs, kBadJitterMs);
  const HealthWord word = std::max(by_loss, by_jitter);
  if (word == HealthWord::kUnknown) return {word, "neither loss nor jitter could be measured"};
  if (word == HealthWord::kGood) return {word, with_name(who, stream_name(stream) + " is within limits")};
  std::string text = stream_name(stream);
  if (by_loss == word) text += loss_text(stream, *loss);
  if (by_jitter == word) {
    text += (by_loss == word ? " and has " : " has ") + one_decimal(*stream.jitter_ms) + " ms jitter";
  }
  return {word, with_name(who, std::move(text))};
}

Verdict judge(const model::Connection& connection, std::string_view who) {
  const bool ice = connection.ice_state == "failed";
  if (!ice && connection.dtls_state != "failed") return {};
  const std::string role =
      connection.role.empty() || connection.role == "unknown" ? "" : connection.role + " ";
  return {HealthWord::kBad, with_name(who, role + "connection: " + (ice ? "ICE" : "DTLS") + " failed")};
}

Summary summarise(std::span<const NamedStream> streams, std::span<const NamedConnection> connections) {
  const bool live = std::ranges::any_of(streams, [](const auto& s) { return !s.stream.ended; });
  Summary summary;
  DirectionFigures uplink, downlink;
  WorstStream worst;
  for (const NamedStream& named : streams) {
    if (live && named.stream.ended) continue;
    worst.consider(named);
    if (named.stream.direction == "uplink") add(uplink, named.stream);
    if (named.stream.direction == "downlink") add(downlink, named.stream);
  }
  if (uplink.streams > 0) summary.uplink = uplink;
  if (downlink.streams > 0) summary.downlink = downlink;
  summary.health = overall(worst, worst_connection(connections), live);
  return summary;
}

}  // namespace rtcscope::store
