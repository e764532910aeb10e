#pragma once
// Frames by the second in which a receiver had them whole, as far as its own word goes.

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

#include "base/time.hpp"
#include "flows/report.hpp"

namespace rtcscope::flows {

class ReceivedFrames {
 public:
  /// A frame, and all that it depends on, was whole at this time.
  void add(UtcTime whole) noexcept;
  /// The receiver fell silent: whether it got the frame that began then is not known.
  void doubt(UtcTime started) noexcept;
  /// It has told of a later frame.
  void hear() noexcept { silent_ = false; }
  /// Frames of the second that begins kReceivedBehind before `time` does; nothing if that is not known.
  [[nodiscard]] std::optional<std::uint32_t> behind(UtcTime time) const noexcept;

 private:
  using SecondTime = std::chrono::time_point<UtcTime::clock, std::chrono::seconds>;
  struct Second {
    SecondTime begin{};
    std::uint32_t frames = 0;
    bool known = true;
  };
  [[nodiscard]] Second& at(UtcTime time) noexcept;

  // A power of two, more than kReceivedBehind and a late retransmission.
  static constexpr std::size_t kKept = 8;
  std::array<Second, kKept> seconds_{};
  SecondTime first_ = SecondTime::max();
  bool silent_ = false;
};

}  // namespace rtcscope::flows
