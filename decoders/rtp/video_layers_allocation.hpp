#pragma once
// video-layers-allocation00 (www.webrtc.org/experiments/rtp-hdrext/video-layers-allocation00): what a sender
// means to send, by layer: bitrate and, at times, size and frame rate. In clear.
//
//  RID(2) NS(2) sl_bm(4), [sl_bm of each stream (4)], #tl (2) of each layer, leb128 kbit/s of each temporal
//  layer, then perhaps of each spatial layer: width - 1 (16), height - 1 (16), frames a second (8)

#include <array>
#include <cstdint>
#include <span>

#include "base/byte_reader.hpp"
#include "base/parse_error.hpp"
#include "base/result.hpp"

namespace rtcscope::rtp {

enum class LayersErrc : std::uint8_t {
  kTruncated,       // fewer octets than the layers need
  kBadBitrate,      // a leb128 value over 32 bits
  kTrailingOctets,  // neither nothing nor a whole list of sizes behind the bitrates
};
using LayersError = ParseError<LayersErrc>;
/// The code's name as a counter's label, e.g. "bad_bitrate".
const char* to_string(LayersErrc code) noexcept;

struct VideoLayer {
  std::uint8_t stream = 0;  // index of the simulcast stream
  std::uint8_t spatial_id = 0;
  std::uint8_t temporal_layers = 1;
  std::uint32_t target_kbps = 0;  // with all temporal layers
  std::uint32_t width = 0;        // 0: not told
  std::uint32_t height = 0;
  std::uint8_t frames_per_second = 0;
};

struct VideoLayersAllocation {
  std::uint8_t stream = 0;        // the simulcast stream that this packet belongs to
  std::uint8_t stream_count = 0;  // 0: nothing is sent
  std::uint8_t layer_count = 0;
  std::array<VideoLayer, 16> layers_{};

  [[nodiscard]] std::span<const VideoLayer> layers() const noexcept { return {layers_.data(), layer_count}; }
};

Result<VideoLayersAllocation, LayersError> parse_video_layers_allocation(Bytes element) noexcept;

}  // namespace rtcscope::rtp
