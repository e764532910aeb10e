// Input: one datagram. What parses as STUN is also called STUN.

#include "decoders/demux/demux.hpp"
#include "decoders/stun/message.hpp"
#include "tests/fuzz/fuzz_input.hpp"

using namespace rtcscope;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes datagram = fuzz::bytes_of(data, size);
  const demux::PacketClass packet_class = demux::classify(datagram);
  const std::string_view name = demux::to_string(packet_class);
  fuzz::check((name == "unknown") == (packet_class == demux::PacketClass::kUnknown), "each class has a name");
  if (stun::parse_stun(datagram).has_value()) {
    fuzz::check(packet_class == demux::PacketClass::kStun, "what parses as STUN is STUN");
  }
  return 0;
}
