#pragma once
// How much longer than the quickest packet each one took, from two clocks that are not synchronised: the
// sender's, as a header extension tells it, and ours. Their drift is taken out.

#include <array>
#include <cstdint>
#include <optional>

#include "base/time.hpp"
#include "flows/log_histogram.hpp"
#include "flows/report.hpp"

namespace rtcscope::flows {

class DelayVariation {
 public:
  /// A packet of `arrival` with abs-send-time: 24 bits, 6.18 fixed-point seconds, wrapping each 64 s.
  void add_send_time(UtcTime arrival, std::uint32_t abs_send_time) noexcept;
  /// `way`: arrival less departure, each on its own clock.
  void add(UtcTime arrival, Duration way) noexcept;

  [[nodiscard]] DelayVariationFigures figures() const noexcept;

 private:
  struct Least {
    UtcTime time{};
    Duration way{};
  };
  static constexpr std::size_t kWindows = 6;

  void close_window(UtcTime now) noexcept;
  [[nodiscard]] Duration line_at(UtcTime time) const noexcept;

  LogHistogram variations_;
  std::array<Least, kWindows> least_{};  // of the windows that are over, a ring
  std::size_t windows_ = 0;
  Least current_;  // of the window that runs
  UtcTime window_start_{};
  Least base_;        // the line goes through this
  double drift_ = 0;  // seconds a second
  bool started_ = false;
  std::optional<std::uint32_t> last_send_time_;
  Duration sent_{};  // abs-send-time without its wrap
};

}  // namespace rtcscope::flows
