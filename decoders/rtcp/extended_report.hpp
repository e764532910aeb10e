#pragma once
// Extended report, packet type 207 (RFC 3611, 2 and 3): blocks of their own types.
//
//  |                              SSRC                             |
//  |      BT       | type-specific |   block length (words)        |  any number of blocks
//  |                      type-specific contents                   |

#include <cstdint>
#include <optional>

#include "decoders/rtcp/list_view.hpp"
#include "decoders/rtcp/raw_block.hpp"

namespace rtcscope::rtcp {

/// Block types that we read; the others are values too (IANA "RTCP XR Block Type").
enum class XrBlockType : std::uint8_t {
  kReceiverReferenceTime = 4,  // RFC 3611, 4.4
  kDlrr = 5,                   // RFC 3611, 4.5
};

/// Answers a receiver reference time as a report block answers an SR (RFC 3611, 4.5).
struct DlrrEntry {
  static constexpr std::size_t kWireSize = 12;

  std::uint32_t ssrc = 0;  // of the receiver that sent the reference time
  std::uint32_t lrr = 0;   // middle 32 bits of that time; 0: none came yet
  std::uint32_t dlrr = 0;  // delay since it came, 1/65536 s

  static constexpr DlrrEntry read(ByteReader& reader) noexcept {
    DlrrEntry entry;
    entry.ssrc = reader.u32();
    entry.lrr = reader.u32();
    entry.dlrr = reader.u32();
    return entry;
  }
};

struct XrBlockView {
  XrBlockType type{};
  std::uint8_t type_specific = 0;
  Bytes content;

  /// NTP timestamp, 32.32 fixed point; nullopt for another type.
  [[nodiscard]] std::optional<std::uint64_t> receiver_reference_time() const noexcept;
  /// Empty for another type.
  [[nodiscard]] ListView<DlrrEntry> dlrr() const noexcept;
};

struct ExtendedReportView {
  std::uint32_t sender_ssrc = 0;
  Bytes blocks;  // well-formed: parse_extended_report() has walked them
};

/// Errors: kTruncatedBody, kTruncatedXrBlock, kBadXrBlockLength.
Result<ExtendedReportView, RtcpError> parse_extended_report(const RawBlock& block) noexcept;

/// Walks the blocks.
class XrBlockReader {
 public:
  explicit XrBlockReader(Bytes blocks) noexcept : reader_(blocks) {}
  std::optional<XrBlockView> next() noexcept;
  /// False when a block ran past the octets.
  [[nodiscard]] bool ok() const noexcept { return reader_.ok(); }
  [[nodiscard]] std::uint32_t offset() const noexcept { return reader_.offset32(); }

 private:
  ByteReader reader_;
};

}  // namespace rtcscope::rtcp
