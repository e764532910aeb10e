// Input: a link type (8 bits), the length of a super-packet's segments (16 bits), and a frame. What the ring
// would keep of it is read back, and built anew with pseudonyms.

#include "ring/frame_cutter.hpp"
#include "ring/pseudonymiser.hpp"
#include "tests/fuzz/fuzz_input.hpp"

using namespace rtcscope;

namespace {

constexpr LinkType kLinkTypes[] = {LinkType::kEthernet, LinkType::kRaw,  LinkType::kLinuxSll,
                                   LinkType::kNull,     LinkType::kLoop, LinkType::kLinuxSll2};

void check_kept(ring::Pseudonymiser& pseudonymiser, LinkType link_type, Bytes octets,
                std::uint32_t wire_length) {
  fuzz::check(octets.size() <= wire_length, "no more is kept than there was");
  ring::Octets block;
  ring::add_packet(block, {0, {}, wire_length, PacketDirection::kIngress, octets});
  fuzz::check(block.size() == ring::packet_block_size(octets.size()),
              "a block has the size that was reckoned");
  const auto whole = ring::first_block(block);
  fuzz::check(whole.has_value(), "a block is read back");
  const auto packet = ring::read_packet(*whole);
  fuzz::check(packet && packet->octets.size() == octets.size(), "with the same octets");
  const auto frame = link::parse_frame(link_type, packet->octets, wire_length);
  if (!frame) return;  // a segment whose IP header has options keeps the lengths of the whole
  const Bytes other = pseudonymiser.rebuild(*frame, packet->octets);
  fuzz::check(other.size() <= pseudonymiser.wire_length(), "nor is more built");
  const auto again = link::parse_frame(LinkType::kRaw, other, pseudonymiser.wire_length());
  if (!again) return;  // longer than an IP packet can be
  fuzz::check(again->five_tuple.source.port == frame->five_tuple.source.port, "ports stay");
  fuzz::check(again->payload.size() <= frame->payload.size(), "no payload is added");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteReader input(fuzz::bytes_of(data, size));
  PacketRecord record;
  record.link_type = kLinkTypes[input.u8() % std::size(kLinkTypes)];
  record.segment_bytes = input.u16();
  record.bytes = input.rest();
  record.wire_length = static_cast<std::uint32_t>(record.bytes.size());
  if (!input.ok()) return 0;
  static const std::string kKey(32, 'k');
  ring::FrameCutter cutter;
  ring::Pseudonymiser pseudonymiser(kKey);
  cutter.cut(record, [&](Bytes octets, std::uint32_t wire_length) {
    check_kept(pseudonymiser, record.link_type, octets, wire_length);
  });
  return 0;
}
