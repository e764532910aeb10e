#pragma once
// Blocks of pcapng (draft-ietf-opsawg-pcapng-03), as our files have them: in this machine's octet order.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/packet_record.hpp"

namespace rtcscope::ring {

using Octets = std::vector<std::byte>;

enum class BlockType : std::uint32_t {
  kInterface = 1,         // 4.2
  kPacket = 6,            // 4.3, an Enhanced Packet Block
  kSection = 0x0a0d0d0a,  // 4.1
};

/// An Enhanced Packet Block's content; `octets` lives as long as the block.
struct PacketBlock {
  std::uint32_t interface = 0;  // number of its Interface Description Block in the section
  UtcTime time{};
  std::uint32_t wire_length = 0;
  PacketDirection direction = PacketDirection::kUnknown;
  Bytes octets;
};

struct InterfaceBlock {
  LinkType link_type{};
  std::string_view name;  // lives as long as the block
};

/// What add_packet() adds for so many captured octets.
constexpr std::size_t packet_block_size(std::size_t octets) noexcept {
  constexpr std::size_t kFixed = 28 + 4 + 8 + 4;  // head, length behind, epb_flags, end of options
  return kFixed + (octets + 3) / 4 * 4;
}

void add_section(Octets& out, std::string_view application, std::string_view comment);
void add_interface(Octets& out, LinkType link_type, std::string_view name);
void add_packet(Octets& out, const PacketBlock& packet);

/// One block of an octet sequence.
struct Block {
  BlockType type{};
  Bytes octets;  // with type and both lengths
};

/// The block at the start of `octets`; nullopt when it is not whole, or is none.
std::optional<Block> first_block(Bytes octets) noexcept;
std::optional<InterfaceBlock> read_interface(const Block& block) noexcept;
std::optional<PacketBlock> read_packet(const Block& block) noexcept;

}  // namespace rtcscope::ring
