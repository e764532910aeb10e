#pragma once
// Round trips by a receiver's feedback about each packet. That of transport-wide-cc-01 leaves by a timer and
// does not say when. But it left after the last packet had come that it tells of, and before the next one
// came: where these two passed the tap shortly after each other, the time is known.

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/time.hpp"
#include "flows/log_histogram.hpp"

namespace rtcscope::flows {

class FeedbackRoundTrip {
 public:
  /// One feedback. `last`: since the packet that came last of those it tells of, passed the tap; `next`:
  /// since the one numbered `number` did, which it does not tell of.
  void add(UtcTime time, Duration last, Duration next, std::uint16_t number) noexcept {
    time_ = time;
    round_trip_ = (last + next) / 2;
    number_ = number;
    waiting_ = last - next <= kMostUnsure;
  }
  /// One that tells of all that was sent so far.
  void add(UtcTime time, Duration last) noexcept {
    add(time, last, Duration{}, 0);
    count(std::exchange(waiting_, false));
  }
  /// One that says when it left (RFC 8888): nothing is unsure.
  void add_exact(UtcTime time, Duration round_trip) noexcept {
    time_ = time;
    round_trip_ = round_trip;
    count(true);
  }
  /// What the next feedback, at `time`, begins with. A packet that did not come does not bound the time; nor
  /// does one of which a second message tells at once, because all did not fit into the first.
  void settle(UtcTime time, std::uint16_t number, bool received) noexcept {
    count(std::exchange(waiting_, false) && number == number_ && received && time - time_ >= kLeastApart);
  }
  /// Of one in a second; nothing before three.
  [[nodiscard]] std::optional<Duration> median() const noexcept {
    return seconds_.total() < kLeast ? std::nullopt : seconds_.quantile(0.5);
  }

 private:
  void count(bool sure) noexcept {
    if (!sure || (counted_ && time_ - *counted_ < kEvery)) return;
    seconds_.add(round_trip_);
    counted_ = time_;
  }

  static constexpr Duration kMostUnsure = std::chrono::milliseconds{5};
  static constexpr Duration kEvery = std::chrono::seconds{1};
  static constexpr Duration kLeastApart = std::chrono::milliseconds{10};  // libwebrtc: 50
  static constexpr std::uint64_t kLeast = 3;

  LogHistogram seconds_;
  std::optional<UtcTime> counted_;
  bool waiting_ = false;
  UtcTime time_{};
  Duration round_trip_{};
  std::uint16_t number_ = 0;
};

}  // namespace rtcscope::flows
