#include "ring/pcapng_blocks.hpp"

#include <algorithm>
#include <cstring>
#include <span>

namespace rtcscope::ring {
namespace {

constexpr std::uint32_t kByteOrderMagic = 0x1a2b3c4d;
constexpr std::uint16_t kOptionEnd = 0, kOptionComment = 1;
constexpr std::uint16_t kSectionApplication = 4;                    // shb_userappl
constexpr std::uint16_t kInterfaceName = 2, kInterfaceTsresol = 9;  // if_name, if_tsresol
constexpr std::uint16_t kPacketFlags = 2;                           // epb_flags
constexpr std::uint8_t kNanoseconds = 9;
constexpr std::size_t kPacketHead = 28;
constexpr std::size_t kInterfaceHead = 16;

template <class Number>
void put(Octets& out, Number number) {
  const auto octets = std::as_bytes(std::span(&number, 1));
  out.insert(out.end(), octets.begin(), octets.end());
}

void put_padded(Octets& out, Bytes octets) {
  out.insert(out.end(), octets.begin(), octets.end());
  out.resize(out.size() + (4 - octets.size() % 4) % 4);
}

void put_option(Octets& out, std::uint16_t code, std::string_view value) {
  constexpr std::size_t kLongest = 65'532;
  value = value.substr(0, kLongest);
  put(out, code);
  put(out, static_cast<std::uint16_t>(value.size()));
  put_padded(out, std::as_bytes(std::span(value)));
}

/// Type, and room for the length, which end_block() fills in.
std::size_t begin_block(Octets& out, BlockType type) {
  const std::size_t start = out.size();
  put(out, static_cast<std::uint32_t>(type));
  put(out, std::uint32_t{0});
  return start;
}

void end_block(Octets& out, std::size_t start) {
  const auto length = static_cast<std::uint32_t>(out.size() + 4 - start);
  std::memcpy(out.data() + start + 4, &length, sizeof length);
  put(out, length);
}

template <class Number>
Number number_at(Bytes octets, std::size_t offset) noexcept {
  Number number{};
  std::memcpy(&number, octets.data() + offset, sizeof number);
  return number;
}

/// The value of an option among those that begin at `offset` of a block; empty when it is not there.
Bytes option_of(const Block& block, std::size_t offset, std::uint16_t code) noexcept {
  const Bytes octets = block.octets.first(block.octets.size() - 4);
  while (offset + 4 <= octets.size()) {
    const auto found = number_at<std::uint16_t>(octets, offset);
    const std::size_t length = number_at<std::uint16_t>(octets, offset + 2);
    if (found == kOptionEnd || length > octets.size() - offset - 4) return {};
    if (found == code) return octets.subspan(offset + 4, length);
    offset += 4 + (length + 3) / 4 * 4;
  }
  return {};
}

}  // namespace

void add_section(Octets& out, std::string_view application, std::string_view comment) {
  const std::size_t start = begin_block(out, BlockType::kSection);
  put(out, kByteOrderMagic);
  put(out, std::uint16_t{1});
  put(out, std::uint16_t{0});
  put(out, std::int64_t{-1});  // the section's length: not said
  put_option(out, kOptionComment, comment);
  put_option(out, kSectionApplication, application);
  put_option(out, kOptionEnd, "");
  end_block(out, start);
}

void add_interface(Octets& out, LinkType link_type, std::string_view name) {
  const std::size_t start = begin_block(out, BlockType::kInterface);
  put(out, static_cast<std::uint16_t>(link_type));
  put(out, std::uint16_t{0});
  put(out, std::uint32_t{0});  // no snap length: each packet says what was kept of it
  put_option(out, kInterfaceName, name);
  const char resolution = kNanoseconds;
  put_option(out, kInterfaceTsresol, {&resolution, 1});
  put_option(out, kOptionEnd, "");
  end_block(out, start);
}

void add_packet(Octets& out, const PacketBlock& packet) {
  const std::size_t start = begin_block(out, BlockType::kPacket);
  const auto ns = static_cast<std::uint64_t>(ns_since_epoch(packet.time));
  put(out, packet.interface);
  put(out, static_cast<std::uint32_t>(ns >> 32U));
  put(out, static_cast<std::uint32_t>(ns));
  put(out, static_cast<std::uint32_t>(packet.octets.size()));
  put(out, std::max(packet.wire_length, static_cast<std::uint32_t>(packet.octets.size())));
  put_padded(out, packet.octets);
  // Bits 0 and 1: 1 came in, 2 went out, 0 not known (4.3.1).
  put(out, kPacketFlags);
  put(out, std::uint16_t{4});
  put(out, static_cast<std::uint32_t>(packet.direction));
  put(out, kOptionEnd);
  put(out, std::uint16_t{0});
  end_block(out, start);
}

std::optional<Block> first_block(Bytes octets) noexcept {
  constexpr std::size_t kSmallest = 12;
  if (octets.size() < kSmallest) return std::nullopt;
  const auto length = number_at<std::uint32_t>(octets, 4);
  if (length < kSmallest || length % 4 != 0 || length > octets.size()) return std::nullopt;
  if (number_at<std::uint32_t>(octets, length - 4) != length) return std::nullopt;
  return Block{static_cast<BlockType>(number_at<std::uint32_t>(octets, 0)), octets.first(length)};
}

std::optional<InterfaceBlock> read_interface(const Block& block) noexcept {
  if (block.type != BlockType::kInterface || block.octets.size() < kInterfaceHead + 4) return std::nullopt;
  const Bytes name = option_of(block, kInterfaceHead, kInterfaceName);
  // Text is octets.
  return InterfaceBlock{static_cast<LinkType>(number_at<std::uint16_t>(block.octets, 8)),
                        {reinterpret_cast<const char*>(name.data()), name.size()}};
}

std::optional<PacketBlock> read_packet(const Block& block) noexcept {
  if (block.type != BlockType::kPacket || block.octets.size() < kPacketHead + 4) return std::nullopt;
  const auto captured = number_at<std::uint32_t>(block.octets, 20);
  if (captured > block.octets.size() - kPacketHead - 4) return std::nullopt;
  PacketBlock packet;
  packet.interface = number_at<std::uint32_t>(block.octets, 8);
  const auto ns = std::uint64_t{number_at<std::uint32_t>(block.octets, 12)} << 32U |
                  number_at<std::uint32_t>(block.octets, 16);
  packet.time = utc_from_ns(static_cast<std::int64_t>(ns));
  packet.wire_length = number_at<std::uint32_t>(block.octets, 24);
  packet.octets = block.octets.subspan(kPacketHead, captured);
  const Bytes flags = option_of(block, kPacketHead + (captured + 3) / 4 * 4, kPacketFlags);
  if (flags.size() == 4) {
    packet.direction = static_cast<PacketDirection>(std::min(number_at<std::uint32_t>(flags, 0) & 3U, 2U));
  }
  return packet;
}

}  // namespace rtcscope::ring
