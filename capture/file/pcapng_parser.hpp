#pragma once
// The next-generation capture format: draft-ietf-opsawg-pcapng-04. A file is a row of blocks:
//
//   type(4) total length(4) body, padded to a multiple of 4 options total length again(4)
//
// A section header starts a section with its own byte order and its own list of interfaces.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/byte_reader.hpp"
#include "capture/file/field_reader.hpp"
#include "capture/file/record_step.hpp"

namespace rtcscope {

class PcapngParser {
 public:
  /// A block of a type that is read here is at most this long; longer ones of other types are skipped
  /// without being held in memory.
  static constexpr std::uint32_t kMaxBlockLength = std::uint32_t{1} << 19U;
  /// Over all sections. Interfaces of a later section that have the name, link type and place of one
  /// before are the same one, so that concatenated files do not use this up.
  static constexpr std::size_t kMaxInterfaces = 4096;

  /// True if a file that begins with these (at least four) octets is in this format.
  [[nodiscard]] static bool recognises(Bytes front) noexcept;

  /// The block at the front of `available`. A simple packet block has no time: its record repeats the
  /// time of the packet before (1970 for the first).
  /// Faults: kBadByteOrderMagic, kUnsupportedVersion, kBadBlockLength, kOversizedRecord,
  /// kUndeclaredInterface, kBadInterfaceOption, kTooManyInterfaces, kBadTimestamp.
  [[nodiscard]] RecordStep next(Bytes available);

  /// Drop counters come from epb_dropcount, packet blocks and interface statistics.
  [[nodiscard]] const InterfaceTable& interfaces() const noexcept { return interfaces_; }

 private:
  struct Drops {
    std::uint64_t counted = 0;   // sum over packets of what was lost before each
    std::uint64_t reported = 0;  // the highest interface statistics so far
    std::uint64_t booked = 0;    // the greater of both, already in the counters
  };
  /// An interface of the current section.
  struct SectionInterface {
    std::uint32_t index = 0;  // in interfaces_
    LinkType link_type = LinkType::kEthernet;
    std::uint32_t snap_length = 0;
    std::uint64_t units_per_second = 1'000'000;
    std::int64_t offset_s = 0;
    Drops kernel;
    Drops interface;
  };
  struct Block {
    std::uint32_t type = 0;
    std::uint32_t length = 0;
    Bytes body;
  };

  std::optional<RecordStep> frame_block(Bytes available, Block& block) const;
  RecordStep block_step(const Block& block);
  RecordStep section_header(const Block& block);
  RecordStep interface_description(const Block& block);
  RecordStep interface_statistics(const Block& block);
  RecordStep enhanced_packet(const Block& block);
  RecordStep obsolete_packet(const Block& block);
  RecordStep simple_packet(const Block& block);
  RecordStep packet_step(const Block& block, SectionInterface& interface, std::uint64_t timestamp,
                         PacketRecord record);
  bool read_interface_options(FieldReader reader, SectionInterface& interface, InterfaceInfo& info) const;
  bool place_interface(SectionInterface& interface, InterfaceInfo info);
  void book_drops(SectionInterface& interface);

  InterfaceTable interfaces_;
  std::vector<SectionInterface> section_;
  std::vector<std::uint32_t> earlier_;  // place in its section -> index, of the sections before
  ByteOrder order_ = ByteOrder::kBig;
  UtcTime last_time_{};
};

}  // namespace rtcscope
