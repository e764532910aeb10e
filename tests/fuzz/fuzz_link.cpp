// Input: one octet that picks the link type, two octets of wire length cut by the snap length, the frame.

#include "decoders/link/frame.hpp"
#include "tests/fuzz/fuzz_input.hpp"

using namespace rtcscope;

namespace {

constexpr LinkType kLinkTypes[] = {LinkType::kNull, LinkType::kEthernet,  LinkType::kRaw,
                                   LinkType::kLoop, LinkType::kLinuxSll,  LinkType::kIpv4,
                                   LinkType::kIpv6, LinkType::kLinuxSll2, static_cast<LinkType>(9)};

void check_view(const link::DatagramView& view, Bytes frame) {
  fuzz::check(fuzz::inside(view.payload, frame), "the payload lies in the frame");
  fuzz::check(view.payload_wire_length >= view.payload.size(), "no more is captured than was sent");
  fuzz::check(view.ecn < 4 && view.dscp < 64, "ECN has 2 bits, DSCP 6");
  fuzz::check(view.vlan_id < 4096 || view.vlan_id == 0xffff, "a VLAN id has 12 bits");
  fuzz::check(view.tcp.has_value() == (view.five_tuple.transport == Transport::kTcp), "TCP has its header");
  const IpFamily family = view.five_tuple.source.address.family;
  fuzz::check(family != IpFamily::kNone && family == view.five_tuple.destination.address.family,
              "both ends are of one family");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteReader reader(fuzz::bytes_of(data, size));
  const LinkType link_type = kLinkTypes[reader.u8() % std::size(kLinkTypes)];
  const std::uint16_t cut = reader.u16();
  const Bytes frame = reader.rest();
  const auto wire_length = static_cast<std::uint32_t>(frame.size() + cut);
  const auto view = link::parse_frame(link_type, frame, wire_length);
  if (view) {
    check_view(*view, frame);
  } else {
    fuzz::check(view.error().offset <= frame.size(), "an error lies in the frame");
    fuzz::check(std::string_view(link::to_string(view.error().code)) != "unknown", "an error has a name");
  }
  return 0;
}
