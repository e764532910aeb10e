// decoders/turn/channel_data.hpp (RFC 8656, 12.4).

#include "decoders/turn/channel_data.hpp"

#include <gtest/gtest.h>

#include "tests/support/hex.hpp"
#include "tests/support/named_case.hpp"

namespace rtcscope::turn {
namespace {

using testing::hex;
using testing::Octets;

struct ChannelCase : testing::NamedCase {
  const char* octets;
  std::uint32_t cut;  // octets that the snap length took away
  const char* want;   // channel/length/data, or the fault
};

std::string outcome(const Octets& datagram, std::uint32_t cut) {
  const auto view = parse_channel_data(datagram, static_cast<std::uint32_t>(datagram.size()) + cut);
  if (!view) return testing::text_of(view.error());
  char text[32];
  std::snprintf(text, sizeof text, "%04x/%u/", unsigned{view->channel_number}, unsigned{view->length});
  return text + testing::hex_of(view->data);
}

class ChannelData : public ::testing::TestWithParam<ChannelCase> {};

TEST_P(ChannelData, IsReadOrRefused) {
  EXPECT_EQ(outcome(hex(GetParam().octets), GetParam().cut), GetParam().want);
}

const ChannelCase kCases[] = {
    {{"OverTcpPaddedToFour"}, "4001 0005 68656c6c6f 000000", 0, "4001/5/68656c6c6f"},
    {{"OverUdpWithoutPadding"}, "4001 0005 68656c6c6f", 0, "4001/5/68656c6c6f"},
    {{"Empty"}, "4000 0000", 0, "4000/0/"},
    {{"LowestChannel"}, "4000 0001 aa", 0, "4000/1/aa"},
    {{"HighestChannel"}, "4fff 0001 aa", 0, "4fff/1/aa"},
    // RFC 8656, 12: 0x5000 and up are reserved (RFC 5766 still allowed them).
    {{"ReservedChannel"}, "5000 0001 aa", 0, "bad_channel_number@0"},
    {{"StunMessage"}, "0001 0000 2112a442", 0, "bad_channel_number@0"},
    {{"Nothing"}, "", 0, "truncated_header@0"},
    {{"ThreeOctets"}, "4000 00", 0, "truncated_header@2"},
    {{"LongerThanTheDatagram"}, "4000 0003 aabb", 0, "bad_length@2"},
    {{"SnappedData"}, "4000 0044 68656164", 64, "4000/68/68656164"},
    {{"SnappedDataStillTooLong"}, "4000 0045 68656164", 64, "bad_length@2"},
};
INSTANTIATE_TEST_SUITE_P(Rfc8656, ChannelData, ::testing::ValuesIn(kCases), testing::CaseName());

// A caller that knows no better size must not make the reader run past what it was given.
TEST(ChannelDataLength, WireLengthBelowTheCapturedIsRaised) {
  const Octets datagram = hex("4000 0004 aabbccdd");
  const auto view = parse_channel_data(datagram, 0);
  ASSERT_TRUE(view.has_value());
  EXPECT_EQ(view->data.size(), 4U);
}

}  // namespace
}  // namespace rtcscope::turn
