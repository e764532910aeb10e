// Frames cut off by a snap length: the capture is short, the sender is not to blame.

#include "tests/unit/decoders/link/frame_text.hpp"

namespace rtcscope::link {
namespace {

struct WholeFrame : testing::NamedCase {
  LinkType link_type;
  Octets frame;
  std::size_t headers;  // octets before the payload
};

class SnappedFrame : public ::testing::TestWithParam<WholeFrame> {};

// Whatever is missing, no answer may say that the sender sent too little.
TEST_P(SnappedFrame, IsReadFromItsPayloadOnAndNeverMalformed) {
  const Octets& whole = GetParam().frame;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Octets cut(whole.data(), whole.data() + size);
    const auto view = parse_frame(GetParam().link_type, cut, static_cast<std::uint32_t>(whole.size()));
    ASSERT_EQ(view.has_value(), size >= GetParam().headers) << size << " octets";
    if (view) {
      EXPECT_EQ(view->payload_wire_length, whole.size() - GetParam().headers);
      EXPECT_EQ(view->payload.size(), size - GetParam().headers);
    } else {
      EXPECT_EQ(view.error().code, LinkErrc::kSnappedHeader) << size << " octets";
      EXPECT_LE(view.error().offset, size);
    }
  }
}

const WholeFrame kFrames[] = {
    {{"Udp"}, LinkType::kEthernet, ethernet(0x0800, ipv4(17, udp("0102030405"))), 42},
    {{"UdpWithIpOptions"}, LinkType::kRaw, ipv4(17, udp("0102"), {.options = "94040000"}), 32},
    {{"UdpInTwoTags"}, LinkType::kEthernet, ethernet(0x0800, ipv4(17, udp("0102")), "88a80064810000c8"), 50},
    {{"UdpOverIpv6Chain"},
     LinkType::kRaw,
     ipv6(0, hex("3c00010400000000 1100010400000000") + udp("0102")),
     64},
    {{"TcpWithOptions"}, LinkType::kRaw, ipv4(6, tcp("0102", "0101080a0000000100000002")), 52},
    {{"Cooked"}, LinkType::kLinuxSll, Writer{}.zeros(14).u16(0x0800).bytes(ipv4(17, udp("01"))).octets, 44},
    {{"Cooked2"}, LinkType::kLinuxSll2, Writer{}.u16(0x0800).zeros(18).bytes(ipv4(17, udp("01"))).octets, 48},
    {{"Null"}, LinkType::kNull, hex("02000000") + ipv4(17, udp("01")), 32},
};
INSTANTIATE_TEST_SUITE_P(AtEachOctet, SnappedFrame, ::testing::ValuesIn(kFrames), testing::CaseName());

TEST(SnappedFrameLength, PaddingBehindAShortDatagramIsNoPayload) {
  // Sixty octets on the wire, of which fifty were kept; the datagram ends at forty-four.
  const Octets frame = ethernet(0x0800, ipv4(17, udp("0102")) + Octets(6));
  EXPECT_EQ(outcome(LinkType::kEthernet, frame, 10), kV4 + "0102/2");
}

// A wire length below what was captured is a damaged record; the octets are there all the same.
TEST(SnappedFrameLength, WireLengthBelowTheCapturedIsRaised) {
  const Octets frame = ethernet(0x0800, ipv4(17, udp("0102")));
  const auto view = parse_frame(LinkType::kEthernet, frame, 10);
  ASSERT_TRUE(view.has_value());
  EXPECT_EQ(view->payload.size(), 2U);
}

}  // namespace
}  // namespace rtcscope::link
