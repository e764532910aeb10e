#pragma once
// Health: a word for people, from loss, jitter, failed connections and issues (docs/metrics.md, "Health"),
// and the figures that are shown beside it. Pure. It stands in the store because lists sort by it.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "correlator/model.hpp"

namespace rtcscope::store {

// docs/api/openapi.yaml and docs/metrics.md tell the same numbers.
inline constexpr double kDegradedLossRatio = 0.02;
inline constexpr double kBadLossRatio = 0.05;
inline constexpr double kDegradedJitterMs = 30;
inline constexpr double kBadJitterMs = 60;
inline constexpr Duration kShortestRate = std::chrono::seconds{1};

/// Worse is greater. kUnknown: nothing could be judged.
enum class HealthWord : std::uint8_t { kUnknown, kGood, kDegraded, kBad };
const char* to_string(HealthWord word) noexcept;  // "unknown", "good", "degraded", "bad"

struct Health {
  HealthWord word = HealthWord::kUnknown;
  std::string reason;  // one line of plain English
};

/// The judged streams of one direction together. RTX streams count in bitrate_bps only.
struct Figures {
  std::uint64_t streams = 0;
  std::uint64_t packets = 0;  // packets, expected and lost: over the streams' whole lives
  std::uint64_t expected = 0;
  std::int64_t lost = 0;
  std::optional<double> loss_ratio;   // of the worst stream
  std::optional<double> jitter_ms;    // of the worst stream
  std::optional<double> bitrate_bps;  // sum
};

/// What stands below a connection, participant or conference.
struct Summary {
  Health health;
  std::optional<Figures> uplink, downlink;  // absent: no stream but RTX
};

/// lost / expected, not below 0 and not above 1; absent when nothing was expected.
std::optional<double> loss_ratio(const model::StreamFigures& figures);

/// What the stream is judged by: the last 10 s of a live one, the total of an ended one.
std::optional<double> judged_loss_ratio(const model::Stream& stream);
/// Absent for an ended one that lasted less than kShortestRate: two packets of padding came at 1 Gbit/s.
std::optional<double> judged_bitrate_bps(const model::Stream& stream);

/// Of an ended stream: lost after the tap, of what was expected up to its receiver's last report.
std::optional<double> loss_after_tap_ratio(const model::Stream& stream);

/// Judges one stream by loss and jitter, an ended one also by what was lost after the tap. `who` begins the
/// reason ("alice"); "" leaves it out.
Health judge(const model::Stream& stream, std::string_view who = {});

/// Judges a connection by its ICE and DTLS state only: bad when one failed, unknown otherwise.
Health judge(const model::Connection& connection, std::string_view who = {});

/// Adds streams and connections up. As long as one of them is live, only live ones count.
class Rollup {
 public:
  void add(const model::Stream& stream, std::string_view who = {});
  void add(const model::Connection& connection, std::string_view who = {});
  /// An issue below it: what clients report, what never came. One that is over counts with the ended ones.
  void add(const model::Issue& issue);
  [[nodiscard]] Summary summary() const;

 private:
  struct Part {
    bool any = false;
    Health health;
    double excess = 0;  // of what `health` is about: the worst of two with the same word is named
    std::optional<Figures> uplink, downlink;

    void take_worse(Health&& other, double other_excess);
  };

  Part live_, ended_;
};

}  // namespace rtcscope::store
