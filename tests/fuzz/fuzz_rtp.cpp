// Input: one datagram.

#include "decoders/rtp/rtp_packet.hpp"
#include "tests/fuzz/fuzz_input.hpp"

using namespace rtcscope;

namespace {

void check_elements(const rtp::RtpPacketView& packet) {
  rtp::ExtensionReader reader(packet);
  std::size_t octets = 0;
  while (const auto element = reader.next()) {
    fuzz::check(fuzz::inside(element->bytes, packet.extension), "an element lies in its block");
    fuzz::check(element->id != 0, "padding is no element");
    octets += element->bytes.size() + 1;
  }
  fuzz::check(octets <= packet.extension.size(), "no octet belongs to two elements");
  if (reader.error())
    fuzz::check(reader.error()->offset < packet.extension.size(), "an error lies in the block");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes datagram = fuzz::bytes_of(data, size);
  const auto packet = rtp::parse_rtp(datagram);
  if (!packet) {
    fuzz::check(packet.error().offset <= size, "an error lies in the datagram");
    fuzz::check(std::string_view(rtp::to_string(packet.error().code)) != "unknown", "an error has a name");
    return 0;
  }
  fuzz::check(packet->header_length + packet->payload.size() == size, "header and payload are the datagram");
  fuzz::check(fuzz::inside(packet->payload, datagram) && fuzz::inside(packet->csrcs, datagram),
              "views lie in it");
  fuzz::check(fuzz::inside(packet->extension, datagram), "the extension lies in it");
  fuzz::check(packet->csrc_count() < 16 && packet->payload_type < 128, "fields are as wide as on the wire");
  check_elements(*packet);
  return 0;
}
