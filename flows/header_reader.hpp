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
#include "flows/key_frames.hpp"
#include "flows/report.hpp"

namespace rtcscope::flows {

class HeaderReader {
 public:
  void add(UtcTime time, const rtp::RtpPacketView& packet, const rtp::RtpExtensions& values);
  /// The packet before the one that showed that this is a stream: it may be a key frame of its own.
  void add_first(UtcTime time, const rtp::RtpPacketView& packet, const rtp::RtpExtensions& values) {
    key_frames_.add(time, packet, values.video_orientation);
  }
  /// The receiver's feedback on a packet that passed the tap at `sent`: how long it took, on two clocks.
  void add_way(UtcTime sent, Duration way);
  /// A packet of the stream that was sent again on another SSRC, and what it carries.
  void add_repeated(UtcTime time, const rtp::RtpPacketView& packet, const rtp::RtpExtensions& values) {
    key_frames_.add_repeated(time, packet, values.video_orientation);
  }
  /// The receiver asked for a key frame.
  void ask_key_frame(UtcTime time) noexcept { key_frames_.ask(time); }

  [[nodiscard]] std::string_view mid() const noexcept { return mid_; }
  [[nodiscard]] std::string_view rid() const noexcept { return rid_; }
  [[nodiscard]] std::string_view repaired_rid() const noexcept { return repaired_rid_; }
  [[nodiscard]] HeaderFigures figures() const;
  [[nodiscard]] KeyFrameFigures key_frames() const { return key_frames_.figures(); }

 private:
  void note_names(const rtp::RtpExtensions& values);
  void note_times(UtcTime time, const rtp::RtpExtensions& values);
  void note_dependency(std::uint32_t rtp_timestamp, Bytes element) noexcept;
  void note_layers(Bytes element) noexcept;

  std::string mid_, rid_, repaired_rid_;
  HeaderFigures figures_;
  KeyFrames key_frames_;
  std::unique_ptr<DelayVariation> variation_;
  std::unique_ptr<rtp::DependencyStructure> structure_;
  std::optional<std::uint16_t> frame_number_;
};

}  // namespace rtcscope::flows
