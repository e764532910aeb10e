#pragma once
// The dependency descriptor (AV1 RTP payload specification, appendix A.8): which frame and which layer a
// packet belongs to, in clear. libwebrtc sends it for VP8, VP9 and H.264 too.
//
//  start_of_frame(1) end_of_frame(1) template_id(6) frame_number(16), then perhaps extended fields, in bits

#include <array>
#include <cstdint>
#include <optional>

#include "base/byte_reader.hpp"
#include "base/parse_error.hpp"
#include "base/result.hpp"

namespace rtcscope::rtp {

enum class DependencyErrc : std::uint8_t {
  kTruncated,         // fewer than three octets, or the fields run past them (A.8.2)
  kTooManyTemplates,  // more than 64, 4 spatial or 8 temporal layers (A.8.2)
  kUnknownTemplate,   // an id that the structure does not have (A.8.4)
  kNoStructure,       // extended fields that only a structure explains, which was not seen
};
using DependencyError = ParseError<DependencyErrc>;
/// The code's name as a counter's label, e.g. "truncated".
const char* to_string(DependencyErrc code) noexcept;

/// What stays the same from one key frame to the next; sent with them.
struct DependencyStructure {
  struct Template {
    std::uint8_t spatial_id = 0;
    std::uint8_t temporal_id = 0;
    std::uint8_t frame_diffs = 0;  // how many frames it depends on
  };
  struct Resolution {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
  };

  std::uint8_t template_id_offset = 0;
  std::uint8_t decode_target_count = 0;
  std::uint8_t chain_count = 0;
  std::uint8_t template_count = 0;
  std::uint8_t resolution_count = 0;  // 0: not told; else one for each spatial layer
  std::array<Template, 64> templates{};
  std::array<Resolution, 4> resolutions{};
};

struct DependencyDescriptor {
  bool start_of_frame = false;
  bool end_of_frame = false;
  std::uint8_t template_id = 0;
  std::uint16_t frame_number = 0;  // counts all frames of the stream, over its layers; wraps
  std::optional<DependencyStructure> structure;
  std::optional<std::uint32_t> active_decode_targets;  // a bit each
  /// Known when the structure is.
  std::optional<std::uint8_t> spatial_id, temporal_id;
  std::optional<bool> independent;  // depends on no other frame; with a structure: a key frame
};

/// `known` is the newest structure of the stream; nullptr before one was seen: then the first three octets
/// are read, and extended fields only if they bring a structure. Offsets of errors are in octets.
Result<DependencyDescriptor, DependencyError> parse_dependency_descriptor(
    Bytes element, const DependencyStructure* known) noexcept;

}  // namespace rtcscope::rtp
