#pragma once
// Source description, packet type 202 (RFC 3550, 6.5): SC chunks, each an SSRC and items.
//
//  |                           SSRC/CSRC                           |
//  |    type (8)   |   length (8)  | text ...  items ...  0  pad   |

#include <cstdint>
#include <optional>
#include <string_view>

#include "decoders/rtcp/raw_block.hpp"

namespace rtcscope::rtcp {

/// IANA "RTP SDES Item Types".
enum class SdesType : std::uint8_t {
  kCname = 1,
  kName = 2,
  kEmail = 3,
  kPhone = 4,
  kLocation = 5,
  kTool = 6,
  kNote = 7,
  kPrivate = 8,
  kRtpStreamId = 12,          // RFC 8852, 3.3
  kRepairedRtpStreamId = 13,  // RFC 8852, 3.3
  kMid = 15,                  // RFC 9143, 15
};

struct SdesItemView {
  std::uint32_t ssrc = 0;
  SdesType type{};
  std::string_view text;  // at most 255 octets, meant to be UTF-8, not checked
};

struct SourceDescriptionView {
  std::uint8_t chunk_count = 0;
  Bytes chunks;  // well-formed: parse_source_description() has walked them
};

/// Errors: kTruncatedSdesChunk.
Result<SourceDescriptionView, RtcpError> parse_source_description(const RawBlock& block) noexcept;

/// Walks the items of all chunks, in order.
class SdesItemReader {
 public:
  explicit SdesItemReader(const SourceDescriptionView& description) noexcept
      : reader_(description.chunks), chunks_left_(description.chunk_count) {}

  /// The next item; nullopt at the end or, for octets that were not checked, at a fault.
  std::optional<SdesItemView> next() noexcept;
  /// False when a chunk or an item ran past the octets.
  [[nodiscard]] bool ok() const noexcept { return reader_.ok(); }
  [[nodiscard]] std::uint32_t offset() const noexcept { return reader_.offset32(); }

 private:
  ByteReader reader_;
  std::uint8_t chunks_left_;
  bool in_chunk_ = false;
  std::uint32_t ssrc_ = 0;
};

}  // namespace rtcscope::rtcp
