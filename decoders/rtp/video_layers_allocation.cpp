#include "decoders/rtp/video_layers_allocation.hpp"

namespace rtcscope::rtp {
namespace {

constexpr std::size_t kOctetsOfSize = 5;

Unexpected<LayersError> fail(LayersErrc code, const ByteReader& reader) noexcept {
  return {LayersError{code, reader.offset32()}};
}

/// Bitmaps of active spatial layers: one for all streams, or one each, two to an octet.
void read_bitmaps(ByteReader& reader, std::uint8_t common, VideoLayersAllocation& out) noexcept {
  std::uint8_t octet = 0;
  for (std::uint8_t stream = 0; stream < out.stream_count; ++stream) {
    std::uint8_t bitmap = common;
    if (common == 0) {
      if (stream % 2 == 0) octet = reader.u8();
      bitmap = stream % 2 == 0 ? octet >> 4 : octet & 0x0f;
    }
    for (std::uint8_t spatial = 0; spatial < 4; ++spatial) {
      if ((bitmap >> spatial & 1) == 0) continue;
      out.layers_[out.layer_count].stream = stream;
      out.layers_[out.layer_count++].spatial_id = spatial;
    }
  }
}

/// Two bits a layer, four to an octet: temporal layers - 1.
void read_temporal_layers(ByteReader& reader, VideoLayersAllocation& out) noexcept {
  std::uint8_t octet = 0;
  for (std::uint8_t i = 0; i < out.layer_count; ++i) {
    if (i % 4 == 0) octet = reader.u8();
    out.layers_[i].temporal_layers = static_cast<std::uint8_t>((octet >> (6 - 2 * (i % 4)) & 3) + 1);
  }
}

bool read_leb128(ByteReader& reader, std::uint32_t& value) noexcept {
  std::uint64_t sum = 0;
  for (unsigned shift = 0; shift < 35; shift += 7) {
    const std::uint8_t octet = reader.u8();
    sum |= std::uint64_t{octet & 0x7fU} << shift;
    if ((octet & 0x80) != 0) continue;
    value = static_cast<std::uint32_t>(sum);
    return sum <= 0xffff'ffffU;
  }
  return false;
}

}  // namespace

const char* to_string(LayersErrc code) noexcept {
  switch (code) {
    case LayersErrc::kTruncated:
      return "truncated";
    case LayersErrc::kBadBitrate:
      return "bad_bitrate";
    case LayersErrc::kTrailingOctets:
      return "trailing_octets";
  }
  return "unknown";
}

Result<VideoLayersAllocation, LayersError> parse_video_layers_allocation(Bytes element) noexcept {
  ByteReader reader(element);
  VideoLayersAllocation out;
  const std::uint8_t head = reader.u8();
  if (!reader.ok()) return fail(LayersErrc::kTruncated, reader);
  out.stream = head >> 6;
  if (head == 0 && reader.empty()) return out;  // one zero octet: nothing is sent
  out.stream_count = static_cast<std::uint8_t>((head >> 4 & 3) + 1);
  read_bitmaps(reader, head & 0x0f, out);
  read_temporal_layers(reader, out);
  for (std::uint8_t i = 0; i < out.layer_count; ++i) {
    // The values are sums with the temporal layers below: the last one is the layer's.
    for (std::uint8_t t = 0; t < out.layers_[i].temporal_layers; ++t) {
      if (!read_leb128(reader, out.layers_[i].target_kbps)) return fail(LayersErrc::kBadBitrate, reader);
    }
  }
  if (!reader.ok()) return fail(LayersErrc::kTruncated, reader);
  if (reader.empty()) return out;
  if (reader.remaining() != out.layer_count * kOctetsOfSize) return fail(LayersErrc::kTrailingOctets, reader);
  for (std::uint8_t i = 0; i < out.layer_count; ++i) {
    out.layers_[i].width = reader.u16() + 1U;
    out.layers_[i].height = reader.u16() + 1U;
    out.layers_[i].frames_per_second = reader.u8();
  }
  return out;
}

}  // namespace rtcscope::rtp
