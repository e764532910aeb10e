#pragma once
// Which frames of a video stream are key frames, as far as headers in clear show it, and how long after a
// request for one the next has passed.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "decoders/rtp/extensions.hpp"
#include "decoders/rtp/rtp_packet.hpp"
#include "flows/log_histogram.hpp"
#include "flows/report.hpp"

namespace rtcscope::flows {

/// The payload is encrypted, so a key frame shows in two header extensions only. The dependency descriptor
/// says it outright. The orientation (3GPP TS 26.114, 7.4.5) is put "onto the last RTP packet in each group
/// of packets which make up a key frame", and onto that of other frames only where its value has changed;
/// libwebrtc also puts each value but 0 onto every frame. So 0, on a stream that never had another value, is
/// a key frame. Six frames in a row that carry it are a sender with rules of its own: nothing is said then.
class KeyFrames {
 public:
  /// A dependency descriptor begins a frame; `key`: it shows that this is a key frame.
  void describe(std::uint32_t rtp_timestamp, bool key) noexcept;
  /// Each packet of the stream, after describe().
  void add(UtcTime time, const rtp::RtpPacketView& packet,
           const std::optional<rtp::VideoOrientation>& orientation);
  /// A packet of the stream that was sent again on another SSRC: timestamp, marker and orientation are those
  /// of the original (RFC 4588, 4).
  void add_repeated(UtcTime time, const rtp::RtpPacketView& packet,
                    const std::optional<rtp::VideoOrientation>& orientation);
  /// Somebody asked for a key frame: PLI (RFC 4585, 6.3.1) or FIR (RFC 5104, 4.3.1).
  void ask(UtcTime time) noexcept;

  [[nodiscard]] KeyFrameFigures figures() const;

 private:
  void note_frame(std::uint32_t rtp_timestamp) noexcept;
  void note_orientation(UtcTime time, const rtp::RtpPacketView& packet, const rtp::VideoOrientation& value);
  void pass(UtcTime time, std::uint32_t rtp_timestamp);

  static constexpr std::size_t kWaiting = 32;
  std::array<UtcTime, kWaiting> waiting_{};  // requests that no key frame has followed yet, oldest first
  std::size_t waiters_ = 0;
  // Of the last key frames: a copy or a retransmission of one comes within a second or so.
  std::array<std::uint32_t, 8> newest_{};
  std::uint64_t passed_ = 0;
  std::optional<std::uint32_t> begun_;  // a described key frame that is not over yet
  bool by_descriptor_ = false;
  std::optional<std::uint32_t> frame_;  // RTP timestamp of the newest packet
  bool signed_ = false;                 // that frame has an orientation
  int signed_run_ = 0;                  // so many frames in a row
  bool ambiguous_ = false;
  std::unique_ptr<LogHistogram> waits_;
  Duration longest_{};
};

}  // namespace rtcscope::flows
