#include "capture/file/pcapng_parser.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <utility>

#include "base/text.hpp"
#include "capture/file/pcapng_options.hpp"

namespace rtcscope {
namespace {

// draft-ietf-opsawg-pcapng-04, section 10.1: block types.
constexpr std::uint32_t kSectionHeader = 0x0a0d0d0a;  // reads the same in both byte orders
constexpr std::uint32_t kInterfaceDescription = 1;
constexpr std::uint32_t kObsoletePacket = 2;
constexpr std::uint32_t kSimplePacket = 3;
constexpr std::uint32_t kInterfaceStatistics = 5;
constexpr std::uint32_t kEnhancedPacket = 6;

constexpr std::uint32_t kBlockOverhead = 12;  // type and both lengths

bool read_here(std::uint32_t type) noexcept {
  switch (type) {
    case kSectionHeader:
    case kInterfaceDescription:
    case kObsoletePacket:
    case kSimplePacket:
    case kInterfaceStatistics:
    case kEnhancedPacket:
      return true;
    default:
      return false;
  }
}

/// Section 4.1: the magic behind the type and length of a section header.
std::optional<ByteOrder> section_order(Bytes available) noexcept {
  switch (ByteReader{available.subspan(8)}.u32()) {
    case 0x1a2b3c4d:
      return ByteOrder::kBig;
    case 0x4d3c2b1a:
      return ByteOrder::kLittle;
    default:
      return std::nullopt;
  }
}

std::string text_of(Bytes value) {
  std::string text;
  for (const std::byte octet : value) text += static_cast<char>(octet);
  return text;
}

std::uint64_t u64_value(Bytes value, ByteOrder order) noexcept {
  return FieldReader{value, order}.u64();
}

/// if_tsresol (section 4.2): the low seven bits are a power of 10, or of 2 if the top bit is set.
std::optional<std::uint64_t> units_per_second(std::uint8_t resolution) noexcept {
  const unsigned exponent = resolution & 0x7fU;
  if ((resolution & 0x80U) != 0) {
    return exponent < 64 ? std::optional{std::uint64_t{1} << exponent} : std::nullopt;
  }
  if (exponent > 19) return std::nullopt;
  std::uint64_t units = 1;
  for (unsigned i = 0; i < exponent; ++i) units *= 10;
  return units;
}

/// Nothing outside 1970 to 2255, so that later arithmetic on the time cannot overflow.
std::optional<UtcTime> time_of(std::uint64_t timestamp, std::uint64_t units, std::int64_t offset_s) noexcept {
  constexpr std::int64_t kLastSecond = 9'000'000'000;
  __extension__ using Wide = __int128;
  const Wide seconds = Wide{timestamp / units} + offset_s;
  if (seconds < 0 || seconds > kLastSecond) return std::nullopt;
  const Wide ns = Wide{timestamp % units} * 1'000'000'000 / units;
  return utc_from_ns(static_cast<std::int64_t>(seconds * 1'000'000'000 + ns));
}

// Option of both packet blocks that tells the direction (epb_flags, pack_flags).
constexpr std::uint16_t kFlags = 2;

/// What both packet blocks have behind the interface.
struct PacketFields {
  std::uint64_t timestamp = 0;
  std::uint32_t captured = 0;
  std::uint32_t original = 0;
  Bytes bytes;

  /// Octets between the packet and the options.
  [[nodiscard]] std::uint32_t padding() const noexcept { return (4U - captured % 4U) % 4U; }
  [[nodiscard]] PacketRecord record() const {
    return {.wire_length = std::max(original, captured), .bytes = bytes};
  }
};

PacketFields packet_fields(FieldReader& reader) {
  PacketFields fields;
  const std::uint64_t high = reader.u32();
  fields.timestamp = high << 32U | reader.u32();
  fields.captured = reader.u32();
  fields.original = reader.u32();
  fields.bytes = reader.take(fields.captured);
  return fields;
}

/// Bits 0 and 1 of epb_flags (section 4.3.1): 01 inbound, 10 outbound.
PacketDirection direction_of(std::uint32_t flags) noexcept {
  constexpr std::array kDirections{PacketDirection::kUnknown, PacketDirection::kIngress,
                                   PacketDirection::kEgress, PacketDirection::kUnknown};
  return kDirections[flags & 3U];
}

}  // namespace

bool PcapngParser::recognises(Bytes front) noexcept {
  return ByteReader{front}.u32() == kSectionHeader;
}

RecordStep PcapngParser::next(Bytes available) {
  if (available.size() < kBlockOverhead) return RecordStep::need_more();
  if (ByteReader{available}.u32() == kSectionHeader) {
    const auto order = section_order(available);
    if (!order) return RecordStep::failed(CaptureErrc::kBadByteOrderMagic);
    order_ = *order;
  }
  Block block;
  if (const auto stop = frame_block(available, block)) return *stop;
  return block_step(block);
}

/// Nothing, with `block` set, if the whole block is there and is to be read.
std::optional<RecordStep> PcapngParser::frame_block(Bytes available, Block& block) const {
  FieldReader header{available, order_};
  block.type = header.u32();
  block.length = header.u32();
  if (block.length < kBlockOverhead || block.length % 4 != 0) {
    return RecordStep::failed(CaptureErrc::kBadBlockLength);
  }
  if (block.length > kMaxBlockLength) {
    return read_here(block.type) ? RecordStep::failed(CaptureErrc::kOversizedRecord)
                                 : RecordStep::skipped(block.length);
  }
  if (available.size() < block.length) return RecordStep::need_more();
  const std::uint32_t trailer = FieldReader{available.subspan(block.length - 4), order_}.u32();
  if (trailer != block.length) return RecordStep::failed(CaptureErrc::kBadBlockLength);
  block.body = available.subspan(8, block.length - kBlockOverhead);
  return std::nullopt;
}

RecordStep PcapngParser::block_step(const Block& block) {
  switch (block.type) {
    case kSectionHeader:
      return section_header(block);
    case kInterfaceDescription:
      return interface_description(block);
    case kInterfaceStatistics:
      return interface_statistics(block);
    case kEnhancedPacket:
      return enhanced_packet(block);
    case kSimplePacket:
      return simple_packet(block);
    case kObsoletePacket:
      return obsolete_packet(block);
    default:
      return RecordStep::skipped(block.length);
  }
}

/// Section 4.1. The section length is not needed: the next section header says where this one ends.
RecordStep PcapngParser::section_header(const Block& block) {
  FieldReader reader{block.body, order_};
  reader.skip(4);
  const std::uint16_t major = reader.u16();
  reader.skip(2);
  reader.skip(8);
  if (!reader.ok()) return RecordStep::failed(CaptureErrc::kBadBlockLength);
  if (major != 1) return RecordStep::failed(CaptureErrc::kUnsupportedVersion);
  section_.clear();
  return RecordStep::skipped(block.length);
}

/// Section 4.2.
RecordStep PcapngParser::interface_description(const Block& block) {
  FieldReader reader{block.body, order_};
  SectionInterface interface;
  interface.link_type = link_type_of_file(reader.u16());
  reader.skip(2);
  interface.snap_length = reader.u32();
  if (!reader.ok()) return RecordStep::failed(CaptureErrc::kBadBlockLength);
  InterfaceInfo info{.name = "if" + std::to_string(section_.size()), .link_type = interface.link_type};
  if (!read_interface_options(reader, interface, info)) {
    return RecordStep::failed(CaptureErrc::kBadInterfaceOption);
  }
  if (!place_interface(interface, std::move(info))) {
    return RecordStep::failed(CaptureErrc::kTooManyInterfaces);
  }
  return RecordStep::skipped(block.length);
}

bool PcapngParser::read_interface_options(FieldReader reader, SectionInterface& interface,
                                          InterfaceInfo& info) const {
  constexpr std::uint16_t kName = 2;
  constexpr std::uint16_t kResolution = 9;
  constexpr std::uint16_t kTimeOffset = 14;
  bool good = true;
  const bool whole = pcapng::visit_options(reader, [&](const pcapng::Option& option) {
    if (option.code == kName) {
      std::string name = clean_utf8(text_of(option.value), 64);
      if (!name.empty()) info.name = std::move(name);
    } else if (option.code == kResolution) {
      const auto units = option.value.size() == 1
                             ? units_per_second(static_cast<std::uint8_t>(option.value[0]))
                             : std::nullopt;
      good = good && units.has_value();
      interface.units_per_second = units.value_or(1);
    } else if (option.code == kTimeOffset) {
      good = good && option.value.size() == 8;
      interface.offset_s = static_cast<std::int64_t>(u64_value(option.value, order_));
    }
  });
  return whole && good;
}

bool PcapngParser::place_interface(SectionInterface& interface, InterfaceInfo info) {
  const std::size_t place = section_.size();
  if (place >= kMaxInterfaces) return false;
  if (place < earlier_.size()) {
    const InterfaceInfo& before = interfaces_.infos[earlier_[place]];
    if (before.name == info.name && before.link_type == info.link_type) {
      interface.index = earlier_[place];
      section_.push_back(interface);
      return true;
    }
  }
  if (interfaces_.infos.size() >= kMaxInterfaces) return false;
  interface.index = interfaces_.add(std::move(info));
  if (place < earlier_.size()) {
    earlier_[place] = interface.index;
  } else {
    earlier_.push_back(interface.index);
  }
  section_.push_back(interface);
  return true;
}

/// Section 4.6. The counts are cumulative over the section; they stand beside those of the packets.
RecordStep PcapngParser::interface_statistics(const Block& block) {
  constexpr std::uint16_t kInterfaceDrops = 5;
  constexpr std::uint16_t kOsDrops = 7;
  FieldReader reader{block.body, order_};
  const std::uint32_t id = reader.u32();
  reader.skip(8);
  if (!reader.ok()) return RecordStep::failed(CaptureErrc::kBadBlockLength);
  if (id >= section_.size()) return RecordStep::failed(CaptureErrc::kUndeclaredInterface);
  SectionInterface& interface = section_[id];
  // A damaged option list costs the counts behind the damage, no packet.
  (void)pcapng::visit_options(reader, [&](const pcapng::Option& option) {
    if (option.value.size() != 8) return;
    const std::uint64_t count = u64_value(option.value, order_);
    if (option.code == kInterfaceDrops) {
      interface.interface.reported = std::max(interface.interface.reported, count);
    } else if (option.code == kOsDrops) {
      interface.kernel.reported = std::max(interface.kernel.reported, count);
    }
  });
  book_drops(interface);
  return RecordStep::skipped(block.length);
}

/// The per-packet counts and the statistics count the same losses: the greater is right, not the sum.
void PcapngParser::book_drops(SectionInterface& interface) {
  const auto newly = [](Drops& drops) {
    const std::uint64_t known = std::max(drops.counted, drops.reported);
    const std::uint64_t delta = known > drops.booked ? known - drops.booked : 0;
    drops.booked += delta;
    return delta;
  };
  CaptureCounters& counters = interfaces_.counters[interface.index];
  counters.kernel_drops += newly(interface.kernel);
  counters.interface_drops += newly(interface.interface);
}

/// Section 4.3.
RecordStep PcapngParser::enhanced_packet(const Block& block) {
  constexpr std::uint16_t kDropCount = 4;
  FieldReader reader{block.body, order_};
  const std::uint32_t id = reader.u32();
  const PacketFields fields = packet_fields(reader);
  if (!reader.ok()) return RecordStep::failed(CaptureErrc::kBadBlockLength);
  if (id >= section_.size()) return RecordStep::failed(CaptureErrc::kUndeclaredInterface);
  reader.skip(fields.padding());
  SectionInterface& interface = section_[id];
  PacketRecord record = fields.record();
  // The packet is whole, so a damaged option list behind it is no reason to refuse it.
  (void)pcapng::visit_options(reader, [&](const pcapng::Option& option) {
    if (option.code == kFlags && option.value.size() == 4) {
      record.direction = direction_of(FieldReader{option.value, order_}.u32());
    } else if (option.code == kDropCount && option.value.size() == 8) {
      interface.kernel.counted += u64_value(option.value, order_);
      book_drops(interface);
    }
  });
  return packet_step(block, interface, fields.timestamp, record);
}

/// Appendix A: the packet block that the enhanced one replaced.
RecordStep PcapngParser::obsolete_packet(const Block& block) {
  constexpr std::uint16_t kDropsUnknown = 0xffff;
  FieldReader reader{block.body, order_};
  const std::uint16_t id = reader.u16();
  const std::uint16_t drops = reader.u16();
  const PacketFields fields = packet_fields(reader);
  if (!reader.ok()) return RecordStep::failed(CaptureErrc::kBadBlockLength);
  if (id >= section_.size()) return RecordStep::failed(CaptureErrc::kUndeclaredInterface);
  reader.skip(fields.padding());
  SectionInterface& interface = section_[id];
  if (drops != kDropsUnknown) interface.kernel.counted += drops;
  book_drops(interface);
  PacketRecord record = fields.record();
  (void)pcapng::visit_options(reader, [&](const pcapng::Option& option) {
    if (option.code == kFlags && option.value.size() == 4) {
      record.direction = direction_of(FieldReader{option.value, order_}.u32());
    }
  });
  return packet_step(block, interface, fields.timestamp, record);
}

/// Section 4.4: no time, and the interface is always the section's first.
RecordStep PcapngParser::simple_packet(const Block& block) {
  FieldReader reader{block.body, order_};
  const std::uint32_t original = reader.u32();
  if (!reader.ok()) return RecordStep::failed(CaptureErrc::kBadBlockLength);
  if (section_.empty()) return RecordStep::failed(CaptureErrc::kUndeclaredInterface);
  const SectionInterface& interface = section_.front();
  const std::uint32_t snap = interface.snap_length == 0 ? original : interface.snap_length;
  const Bytes bytes = reader.take(std::min(original, snap));
  if (!reader.ok()) return RecordStep::failed(CaptureErrc::kBadBlockLength);
  return RecordStep::packet(block.length, {.time = last_time_,
                                           .interface_index = interface.index,
                                           .link_type = interface.link_type,
                                           .wire_length = original,
                                           .bytes = bytes});
}

RecordStep PcapngParser::packet_step(const Block& block, SectionInterface& interface, std::uint64_t timestamp,
                                     PacketRecord record) {
  const auto time = time_of(timestamp, interface.units_per_second, interface.offset_s);
  if (!time) return RecordStep::failed(CaptureErrc::kBadTimestamp);
  last_time_ = *time;
  record.time = *time;
  record.interface_index = interface.index;
  record.link_type = interface.link_type;
  return RecordStep::packet(block.length, record);
}

}  // namespace rtcscope
