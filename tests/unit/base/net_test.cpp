// base/net.hpp: addresses and endpoints.

#include "base/net.hpp"

#include <gtest/gtest.h>

#include "tests/support/hex.hpp"
#include "tests/support/named_case.hpp"

namespace rtcscope {
namespace {

std::string read_back(std::string_view text) {
  const auto address = parse_ip_address(text);
  return address ? to_string(*address) : "none";
}

struct AddressCase : testing::NamedCase {
  std::string_view text;
  const char* want;
};

class IpAddressText : public ::testing::TestWithParam<AddressCase> {};

TEST_P(IpAddressText, IsReadAndWritten) {
  EXPECT_EQ(read_back(GetParam().text), GetParam().want);
}

using namespace std::string_view_literals;

const AddressCase kAddresses[] = {
    {{"Ipv4"}, "192.0.2.1", "192.0.2.1"},
    {{"Ipv4Lowest"}, "0.0.0.0", "0.0.0.0"},
    {{"Ipv4Highest"}, "255.255.255.255", "255.255.255.255"},
    {{"Ipv6"}, "2001:db8::1", "2001:db8::1"},
    {{"Ipv6Unspecified"}, "::", "::"},
    {{"Ipv6Loopback"}, "::1", "::1"},
    // RFC 5952, 4: lower case, no leading zeros, the longest run of zeros shortened, the first of equals.
    {{"Ipv6UpperCase"}, "2001:DB8::A", "2001:db8::a"},
    {{"Ipv6LeadingZeros"}, "2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"},
    {{"Ipv6OneZeroField"}, "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
    {{"Ipv6LongestRun"}, "2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
    {{"Ipv6FirstOfEqualRuns"}, "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
    // As Janus prints its peers on a dual-stack socket.
    {{"MappedIpv4"}, "::ffff:198.18.0.11", "198.18.0.11"},
    {{"MappedIpv4InHex"}, "::ffff:c612:000b", "198.18.0.11"},
    {{"CompatibleIpv4IsIpv6"}, "::198.18.0.11", "::198.18.0.11"},
    {{"Zone"}, "fe80::1%eth0", "fe80::1"},
    {{"Nothing"}, "", "none"},
    {{"OnlyAZone"}, "%eth0", "none"},
    {{"HostName"}, "example.org", "none"},
    {{"MdnsName"}, "9b36eaac-bb2e-49bb-bb78-21c41c499900.local", "none"},
    {{"ThreeNumbers"}, "192.0.2", "none"},
    {{"NumberOver255"}, "192.0.2.256", "none"},
    {{"LeadingZero"}, "192.0.2.01", "none"},
    {{"Blanks"}, " 192.0.2.1", "none"},
    {{"WithPort"}, "192.0.2.1:5000", "none"},
    {{"InBrackets"}, "[2001:db8::1]", "none"},
    {{"TwoRuns"}, "2001::db8::1", "none"},
    {{"NineFields"}, "1:2:3:4:5:6:7:8:9", "none"},
    // Not to be cut where C would see its end.
    {{"NulInside"}, "192.0.2.1\0.evil"sv, "none"},
    {{"NulAtTheEnd"}, "192.0.2.1\0"sv, "none"},
};
INSTANTIATE_TEST_SUITE_P(Text, IpAddressText, ::testing::ValuesIn(kAddresses), testing::CaseName());

TEST(IpAddress, FromFourAndSixteenOctets) {
  EXPECT_EQ(to_string(IpAddress::from_octets(testing::hex("c0000201"))), "192.0.2.1");
  EXPECT_EQ(to_string(IpAddress::from_octets(testing::hex("20010db8000000000000000000000001"))),
            "2001:db8::1");
}

TEST(IpAddress, FromAnyOtherNumberOfOctetsIsNone) {
  for (const std::size_t size : {0, 1, 3, 5, 15, 17}) {
    const IpAddress address = IpAddress::from_octets(testing::Octets(size, std::byte{1}));
    EXPECT_EQ(address, IpAddress{}) << size << " octets";
    EXPECT_EQ(to_string(address), "");
  }
}

TEST(IpAddress, FamiliesAreNeverEqual) {
  const IpAddress v4 = IpAddress::from_octets(testing::hex("00000000"));
  const IpAddress v6 = IpAddress::from_octets(testing::Octets(16));
  EXPECT_NE(v4, v6);
  EXPECT_NE(v4, IpAddress{});
}

TEST(EndpointText, OfEachFamily) {
  EXPECT_EQ(to_string(testing::endpoint("192.0.2.1", 5000)), "192.0.2.1:5000");
  EXPECT_EQ(to_string(testing::endpoint("2001:db8::1", 65535)), "[2001:db8::1]:65535");
}

TEST(FiveTuple, DirectionMatters) {
  const Endpoint a = testing::endpoint("192.0.2.1", 1);
  const Endpoint b = testing::endpoint("192.0.2.2", 2);
  EXPECT_NE((FiveTuple{a, b}), (FiveTuple{b, a}));
  EXPECT_NE((FiveTuple{a, b, Transport::kUdp}), (FiveTuple{a, b, Transport::kTcp}));
}

TEST(TransportText, OfEach) {
  EXPECT_STREQ(to_string(Transport::kUdp), "udp");
  EXPECT_STREQ(to_string(Transport::kTcp), "tcp");
}

}  // namespace
}  // namespace rtcscope
