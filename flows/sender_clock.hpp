#pragma once
// When the sender captured what an RTP timestamp stands for, as a receiver reckons it from sender reports.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace rtcscope::flows {

/// A line of NTP time over RTP timestamps by least squares, after libwebrtc's rtc_base/rtp_to_ntp_estimator.
class SenderClock {
 public:
  /// An SR of the stream (RFC 3550, 6.4.1). One that goes back is left out; the third in a row starts anew.
  void add(std::uint64_t ntp_timestamp, std::uint32_t rtp_timestamp) noexcept;
  /// ms since 1900 on the sender's clock; nothing before two SRs.
  [[nodiscard]] std::optional<double> captured_ms(std::uint32_t rtp_timestamp) const noexcept;

 private:
  struct Point {
    std::uint64_t ntp = 0;
    std::int64_t ticks = 0;  // since the first SR
  };
  static constexpr std::size_t kPoints = 20;

  [[nodiscard]] bool repeats(const Point& point) const noexcept;
  [[nodiscard]] bool follows(const Point& point) const noexcept;
  [[nodiscard]] const Point& newest() const noexcept { return points_[(added_ - 1) % kPoints]; }
  void fit() noexcept;

  std::array<Point, kPoints> points_{};
  std::size_t added_ = 0;
  unsigned left_out_ = 0;  // in a row
  std::uint32_t newest_rtp_ = 0;
  // The line through the newest point: ms a tick, and how far off the point it runs.
  double slope_ = 0;
  double offset_ms_ = 0;
  bool fitted_ = false;
};

}  // namespace rtcscope::flows
