#pragma once
// Is it good? One word and one line of plain English for a stream, a connection, a participant or a
// conference. Pure: the rules of docs/api/openapi.yaml ("Health") and docs/metrics.md.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "correlator/model.hpp"

namespace rtcscope::store {

/// A stream with this loss (0..1) or jitter, or more, is no longer good. No W3C equal.
inline constexpr double kDegradedLossRatio = 0.02;
inline constexpr double kBadLossRatio = 0.05;
inline constexpr double kDegradedJitterMs = 30;
inline constexpr double kBadJitterMs = 60;

/// In order of severity: the larger the worse, and what could not be judged does not hide what could.
enum class HealthWord : std::uint8_t { kUnknown = 0, kGood = 1, kDegraded = 2, kBad = 3 };
const char* to_string(HealthWord word) noexcept;  // "unknown", "good", "degraded", "bad"

struct Verdict {
  HealthWord word = HealthWord::kUnknown;
  std::string reason;  // one line, e.g. "alice uplink video lost 3.1 % in the last 10 s"
};

/// The judged streams of one direction together. RTX streams count in the bitrate only.
struct DirectionFigures {
  std::uint64_t streams = 0;  // without RTX
  std::uint64_t packets = 0;  // packets, expected, lost: over the streams' whole lives
  std::uint64_t expected = 0;
  std::int64_t lost = 0;
  std::optional<double> loss_ratio;   // of the worst stream: last 10 s of a live one, total of an ended one
  std::optional<double> jitter_ms;    // of the worst stream
  std::optional<double> bitrate_bps;  // sum: last 10 s of live streams, whole life of ended ones
};

struct Summary {
  Verdict health;
  std::optional<DirectionFigures> uplink, downlink;  // absent when there is no stream but RTX
};

/// A stream or connection and the name of the participant that it belongs to ("" when not known).
struct NamedStream {
  model::Stream stream;
  std::string who;
};
struct NamedConnection {
  model::Connection connection;
  std::string who;
};

/// A retransmission stream (RFC 4588): its loss and jitter say nothing about what people see.
bool is_rtx(const model::Stream& stream) noexcept;
/// lost / expected over the whole life, 0..1, not below 0; absent when nothing was expected.
std::optional<double> total_loss_ratio(const model::Stream& stream) noexcept;
/// What the stream is judged by: recent_loss_ratio while it lives, total_loss_ratio after.
std::optional<double> judged_loss_ratio(const model::Stream& stream) noexcept;

/// The stream alone; kUnknown for RTX and for streams without loss and jitter figures.
Verdict judge(const model::Stream& stream, std::string_view who);
/// The connection alone, without its streams: kBad when ICE or DTLS failed, else kUnknown.
Verdict judge(const model::Connection& connection, std::string_view who);
/// The worst word of all, and the figures of each direction. As long as one stream is live, only live
/// streams count; likewise connections.
Summary summarise(std::span<const NamedStream> streams, std::span<const NamedConnection> connections);

}  // namespace rtcscope::store
