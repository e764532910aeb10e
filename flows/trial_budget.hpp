#pragma once
// How much work may go into finding the key of datagrams that nobody vouches for. Time is the packets', so a
// replayed capture gives the same answer.

#include <algorithm>

#include "base/time.hpp"

namespace rtcscope::flows {

class TrialBudget {
 public:
  /// A try takes about 2 us: one tag, or one packet that a libsrtp context does not open.
  static constexpr unsigned kPerSecond = 30'000;
  static constexpr Duration kMost = std::chrono::seconds{1};
  /// What one datagram may use: all unproved secrets, both writers of each.
  static constexpr unsigned kPerDatagram = 2048;

  /// A datagram of this time comes to be tried.
  void begin_datagram(UtcTime now) noexcept {
    // Of times that run backwards only a clock that was set back is believed.
    if (now < newest_ && newest_ - now <= kMost) return begin(Duration{0});
    const Duration since = now < newest_ ? Duration{0} : std::min(now - newest_, kMost);
    newest_ = now;
    begin(since);
  }
  /// Whether there is room for so many tries; if so, they are used up.
  bool take(unsigned tries) noexcept {
    if (tries > of_datagram_ || tries * kPrice > left_) return false;
    of_datagram_ -= tries;
    left_ -= tries * kPrice;
    return true;
  }

 private:
  static constexpr Duration kPrice =
      std::chrono::duration_cast<Duration>(std::chrono::seconds{1}) / kPerSecond;

  void begin(Duration earned) noexcept {
    left_ = std::min(left_ + earned, kMost);
    of_datagram_ = kPerDatagram;
  }

  UtcTime newest_{};
  Duration left_ = kMost;
  unsigned of_datagram_ = 0;
};

}  // namespace rtcscope::flows
