#include "capture/file/pcap_parser.hpp"

#include <algorithm>
#include <optional>

namespace rtcscope {
namespace {

constexpr std::size_t kFileHeaderLength = 24;
constexpr std::size_t kRecordHeaderLength = 16;

struct Magic {
  ByteOrder order;
  std::int64_t fraction_ns;
};

/// draft-ietf-opsawg-pcap-06, section 4: the writer's byte order shows in how the magic number reads.
std::optional<Magic> magic_of(Bytes front) noexcept {
  switch (ByteReader{front}.u32()) {
    case 0xa1b2c3d4:
      return Magic{ByteOrder::kBig, 1000};
    case 0xd4c3b2a1:
      return Magic{ByteOrder::kLittle, 1000};
    case 0xa1b23c4d:
      return Magic{ByteOrder::kBig, 1};
    case 0x4d3cb2a1:
      return Magic{ByteOrder::kLittle, 1};
    default:
      return std::nullopt;
  }
}

}  // namespace

LinkType link_type_of_file(std::uint16_t value) noexcept {
  constexpr std::uint16_t kLeakedRaw = 12;
  constexpr std::uint16_t kLeakedRawOpenBsd = 14;
  if (value == kLeakedRaw || value == kLeakedRawOpenBsd) return LinkType::kRaw;
  return static_cast<LinkType>(value);
}

bool PcapParser::recognises(Bytes front) noexcept {
  return magic_of(front).has_value();
}

RecordStep PcapParser::next(Bytes available) {
  if (interfaces_.infos.empty()) return file_header(available);
  if (available.size() < kRecordHeaderLength) return RecordStep::need_more();
  FieldReader reader{available, order_};
  // Seconds are unsigned (section 5), which carries the format to the year 2106.
  const std::int64_t seconds = reader.u32();
  const std::int64_t fraction = reader.u32();
  const std::uint32_t captured = reader.u32();
  const std::uint32_t original = reader.u32();
  // The header's snap length is no bound: writers put 0 or less than they capture there.
  if (captured > kMaxCapturedLength) return RecordStep::failed(CaptureErrc::kOversizedRecord);
  if (reader.remaining() < captured) return RecordStep::need_more();
  return RecordStep::packet(kRecordHeaderLength + captured,
                            {.time = utc_from_ns(seconds * 1'000'000'000 + fraction * fraction_ns_),
                             .interface_index = 0,
                             .link_type = link_type_,
                             .direction = PacketDirection::kUnknown,
                             .wire_length = std::max(original, captured),
                             .bytes = reader.take(captured)});
}

RecordStep PcapParser::file_header(Bytes available) {
  if (available.size() < kFileHeaderLength) return RecordStep::need_more();
  const auto magic = magic_of(available);
  if (!magic) return RecordStep::failed(CaptureErrc::kNotACapture);
  order_ = magic->order;
  fraction_ns_ = magic->fraction_ns;
  FieldReader reader{available, order_};
  reader.skip(4);
  const std::uint16_t major = reader.u16();
  const std::uint16_t minor = reader.u16();
  // Earlier minors swap the two length fields; no tool has written one since 1998.
  if (major != 2 || minor != 4) return RecordStep::failed(CaptureErrc::kUnsupportedVersion);
  reader.skip(12);
  // Section 4: the upper half says whether frames end in an FCS; IP's own length makes it harmless.
  link_type_ = link_type_of_file(static_cast<std::uint16_t>(reader.u32() & 0xffffU));
  interfaces_.add({.name = "if0", .link_type = link_type_});
  return RecordStep::skipped(kFileHeaderLength);
}

}  // namespace rtcscope
