#pragma once
// What the header extensions of one stream said so far.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "decoders/rtp/dependency_descriptor.hpp"
#include "decoders/rtp/extensions.hpp"
#include "decoders/rtp/rtp_packet.hpp"
#include "flows/delay_variation.hpp"
#include "flows/report.hpp"

namespace rtcscope::flows {

class HeaderReader {
 public:
  void add(UtcTime time, const rtp::RtpPacketView& packet, const rtp::RtpExtensions& values);
  /// The receiver's feedback on a packet that passed the tap at `sent`: how long it took, on two clocks.
  void add_way(UtcTime sent, Duration way);

  [[nodiscard]] std::string_view mid() const noexcept { return mid_; }
  [[nodiscard]] std::string_view rid() const noexcept { return rid_; }
  [[nodiscard]] HeaderFigures figures() const;

 private:
  void note_names(const rtp::RtpExtensions& values);
  void note_times(UtcTime time, const rtp::RtpExtensions& values);
  void note_dependency(Bytes element) noexcept;
  void note_layers(Bytes element) noexcept;

  std::string mid_, rid_, repaired_rid_;
  HeaderFigures figures_;
  std::unique_ptr<DelayVariation> variation_;
  std::unique_ptr<rtp::DependencyStructure> structure_;
  std::optional<std::uint16_t> frame_number_;
};

}  // namespace rtcscope::flows
