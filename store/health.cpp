#include "store/health.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <limits>

namespace rtcscope::store {
namespace {

std::string fixed(const char* format, double value) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), format, value);
  return text.data();
}

HealthWord grade(double value, double degraded, double bad) {
  if (value >= bad) return HealthWord::kBad;
  return value >= degraded ? HealthWord::kDegraded : HealthWord::kGood;
}

std::string subject(const model::Stream& stream, std::string_view who) {
  std::string text(who);
  for (const std::string& word : {stream.direction, stream.kind}) {
    if (word.empty() || word == "unknown") continue;
    if (!text.empty()) text += ' ';
    text += word;
  }
  if (text.empty()) text = "stream " + std::to_string(stream.ssrc);
  return text;
}

/// On the worse of the two parts of a stream's way.
struct WorseLoss {
  double ratio = 0;
  const char* where = "";
};

std::optional<WorseLoss> worse_loss(const model::Stream& stream) {
  const auto before = judged_loss_ratio(stream), after = loss_after_tap_ratio(stream);
  if (!before) return std::nullopt;
  if (after && *after > *before) return WorseLoss{*after, "after the media host"};
  return WorseLoss{*before, stream.ended ? "in all" : "in the last 10 s"};
}

void raise(std::optional<double>& highest, const std::optional<double>& value) {
  if (value && (!highest || *value > *highest)) highest = value;
}

void add_bitrate(Figures& figures, const model::Stream& stream) {
  if (const auto bitrate = judged_bitrate_bps(stream)) {
    figures.bitrate_bps = figures.bitrate_bps.value_or(0) + *bitrate;
  }
}

void add_judged(Figures& figures, const model::Stream& stream) {
  figures.streams += 1;
  figures.packets += stream.total.packets;
  figures.expected += stream.total.expected;
  figures.lost += stream.total.lost;
  raise(figures.loss_ratio, judged_loss_ratio(stream));
  raise(figures.jitter_ms, stream.jitter_ms);
}

/// How far over the limit of "bad": orders streams with the same word.
double excess_of(const model::Stream& stream) {
  return std::max(worse_loss(stream).value_or(WorseLoss{}).ratio / kBadLossRatio,
                  stream.jitter_ms.value_or(0) / kBadJitterMs);
}

/// A direction that has nothing but retransmissions has no judged streams.
std::optional<Figures> judged_only(const std::optional<Figures>& figures) {
  return figures && figures->streams > 0 ? figures : std::nullopt;
}

}  // namespace

const char* to_string(HealthWord word) noexcept {
  constexpr std::array<const char*, 4> kWords{"unknown", "good", "degraded", "bad"};
  return kWords[static_cast<std::size_t>(word)];
}

std::optional<double> loss_ratio(const model::StreamFigures& figures) {
  if (figures.expected == 0) return std::nullopt;
  const double ratio = static_cast<double>(figures.lost) / static_cast<double>(figures.expected);
  return std::clamp(ratio, 0.0, 1.0);
}

std::optional<double> judged_loss_ratio(const model::Stream& stream) {
  return stream.ended ? loss_ratio(stream.total) : stream.recent_loss_ratio;
}

std::optional<double> loss_after_tap_ratio(const model::Stream& stream) {
  const auto& lost = stream.loss_split.lost_after_tap;
  const std::uint64_t untold = stream.loss_split.unreported_packets.value_or(0);
  if (!stream.ended || !lost || stream.total.expected <= untold) return std::nullopt;
  const double told = static_cast<double>(stream.total.expected - untold);
  return std::clamp(static_cast<double>(*lost) / told, 0.0, 1.0);
}

std::optional<double> judged_bitrate_bps(const model::Stream& stream) {
  if (!stream.ended) return stream.recent_bitrate_bps;
  const Duration lasted = stream.last_packet - stream.first_packet;
  return lasted < kShortestRate ? std::nullopt : stream.bitrate_bps;
}

Health judge(const model::Stream& stream, std::string_view who) {
  if (is_retransmission(stream)) return {HealthWord::kUnknown, "retransmissions are not judged"};
  if (is_fec(stream)) return {HealthWord::kUnknown, "FEC is not judged"};
  const auto loss = worse_loss(stream);
  const auto jitter = stream.jitter_ms;
  if (!loss && !jitter) return {HealthWord::kUnknown, "neither loss nor jitter could be measured"};
  const HealthWord by_loss =
      loss ? grade(loss->ratio, kDegradedLossRatio, kBadLossRatio) : HealthWord::kUnknown;
  const HealthWord by_jitter =
      jitter ? grade(*jitter, kDegradedJitterMs, kBadJitterMs) : HealthWord::kUnknown;
  std::string reason = subject(stream, who);
  if (loss && by_loss >= by_jitter) {
    reason += " lost " + fixed("%.1f %% ", loss->ratio * 100) + loss->where;
  } else {
    reason += " jitter is " + fixed("%.1f ms", *jitter);
  }
  return {std::max(by_loss, by_jitter), std::move(reason)};
}

Health judge(const model::Connection& connection, std::string_view who) {
  std::string what(who);
  if (!what.empty()) what += ' ';
  if (connection.ice_state == "failed") return {HealthWord::kBad, what + "ICE failed"};
  if (connection.dtls_state == "failed") return {HealthWord::kBad, what + "DTLS failed"};
  return {HealthWord::kUnknown, {}};
}

void Rollup::Part::take_worse(Health&& other, double other_excess) {
  const bool worse = other.word > health.word || (other.word == health.word && other_excess > excess);
  // An empty reason is replaced even by a lesser one, so that a lone "unknown" says why.
  if (!worse && !health.reason.empty()) return;
  health = std::move(other);
  excess = other_excess;
}

void Rollup::add(const model::Stream& stream, std::string_view who) {
  if (stream.relay_leg) return;
  Part& part = stream.ended ? ended_ : live_;
  part.any = true;
  if (!is_repair(stream)) part.take_worse(judge(stream, who), excess_of(stream));
  if (stream.direction != "uplink" && stream.direction != "downlink") return;
  auto& direction = stream.direction == "uplink" ? part.uplink : part.downlink;
  if (!direction) direction.emplace();
  add_bitrate(*direction, stream);
  if (!is_repair(stream)) add_judged(*direction, stream);
}

void Rollup::add(const model::Connection& connection, std::string_view who) {
  Part& part = connection.ended ? ended_ : live_;
  part.any = true;
  part.take_worse(judge(connection, who), std::numeric_limits<double>::max());
}

// A critical one is the reason, whatever else is bad: it says what happened. Of what is over, totals tell how
// bad warnings were.
void Rollup::add(const model::Issue& issue) {
  const bool critical = issue.severity == "critical";
  if (critical) {
    Part& part = issue.ended_at ? ended_ : live_;
    part.take_worse({HealthWord::kBad, issue.text}, std::numeric_limits<double>::max());
  } else if (issue.severity == "warning" && !issue.ended_at) {
    live_.take_worse({HealthWord::kDegraded, issue.text}, 0);
  }
}

Summary Rollup::summary() const {
  const Part& part = live_.any ? live_ : ended_;
  Summary summary{part.health, judged_only(part.uplink), judged_only(part.downlink)};
  if (summary.health.word == HealthWord::kGood) summary.health.reason = "loss and jitter are low";
  if (summary.health.reason.empty()) summary.health.reason = "no media to judge";
  return summary;
}

}  // namespace rtcscope::store
