// The typed readers of decoders/stun/message.hpp, each on a value that fits and on those that do not.

#include <gtest/gtest.h>

#include "decoders/stun/message.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/named_case.hpp"

namespace rtcscope::stun {
namespace {

using testing::attribute;
using testing::hex;
using testing::Octets;

template <class Value>
std::string text_of(const std::optional<Value>& value) {
  if (!value) return "none";
  if constexpr (std::is_same_v<Value, Endpoint>) {
    return to_string(*value);
  } else if constexpr (std::is_same_v<Value, Bytes>) {
    return testing::hex_of(*value);
  } else if constexpr (std::is_same_v<Value, ErrorCodeView>) {
    return std::to_string(value->code) + " " + std::string(value->reason);
  } else if constexpr (std::is_arithmetic_v<Value>) {
    return std::to_string(*value);
  } else {
    return std::string(*value);
  }
}

using Reader = std::string (*)(const MessageView&);

/// A reader as text: READ(username).
#define READ(member) [](const MessageView& m) { return text_of(m.member()); }

struct AttributeCase : testing::NamedCase {
  Reader read;
  unsigned type;
  const char* value;
  const char* want;
};

class StunAttribute : public ::testing::TestWithParam<AttributeCase> {};

TEST_P(StunAttribute, IsReadAs) {
  const Octets octets = testing::stun(0x0001, 1, attribute(GetParam().type, hex(GetParam().value)));
  const auto message = parse_stun(octets);
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(GetParam().read(*message), GetParam().want);
}

// The builder's transaction id is 0x000000000000000000000001.
const AttributeCase kAddresses[] = {
    {{"Mapped"}, READ(mapped_address), 0x0001, "0001 1388 c0000201", "192.0.2.1:5000"},
    {{"MappedIpv6"},
     READ(mapped_address),
     0x0001,
     "0002 1388 20010db8000000000000000000000001",
     "[2001:db8::1]:5000"},
    {{"XorMapped"}, READ(xor_mapped_address), 0x0020, "0001 329a e112a643", "192.0.2.1:5000"},
    {{"XorMappedIpv6"},
     READ(xor_mapped_address),
     0x0020,
     "0002 329a 0113a9fa000000000000000000000000",
     "[2001:db8::1]:5000"},
    {{"XorPeer"}, READ(xor_peer_address), 0x0012, "0001 329a e112a643", "192.0.2.1:5000"},
    {{"XorRelayed"}, READ(xor_relayed_address), 0x0016, "0001 329a e112a643", "192.0.2.1:5000"},
    {{"FirstOctetIsIgnored"}, READ(xor_mapped_address), 0x0020, "ff01 329a e112a643", "192.0.2.1:5000"},
    {{"FamilyZero"}, READ(xor_mapped_address), 0x0020, "0000 329a e112a643", "none"},
    {{"FamilyThree"}, READ(xor_mapped_address), 0x0020, "0003 329a e112a643", "none"},
    {{"Ipv4OfFiveOctets"}, READ(xor_mapped_address), 0x0020, "0001 329a e112a64300", "none"},
    {{"Ipv6OfFourOctets"}, READ(xor_mapped_address), 0x0020, "0002 329a e112a643", "none"},
    {{"Ipv4AsIpv6"}, READ(xor_mapped_address), 0x0020, "0001 329a 0113a9fa000000000000000000000000", "none"},
    {{"OnlyAPort"}, READ(mapped_address), 0x0001, "0001 1388", "none"},
    {{"Empty"}, READ(mapped_address), 0x0001, "", "none"},
    {{"Absent"}, READ(mapped_address), 0x0020, "0001 329a e112a643", "none"},
};
INSTANTIATE_TEST_SUITE_P(Address, StunAttribute, ::testing::ValuesIn(kAddresses), testing::CaseName());

const AttributeCase kTexts[] = {
    {{"Username"}, READ(username), 0x0006, "61623a6364", "ab:cd"},
    {{"UsernameEmpty"}, READ(username), 0x0006, "", ""},
    {{"UsernameAbsent"}, READ(username), 0x0007, "6162", "none"},
    {{"Realm"}, READ(realm), 0x0014, "6578", "ex"},
    {{"Nonce"}, READ(nonce), 0x0015, "6e6f6e6365", "nonce"},
    {{"Software"}, READ(software), 0x8022, "737475", "stu"},
    {{"Data"}, READ(data), 0x0013, "80ff00", "80ff00"},
    {{"DataEmpty"}, READ(data), 0x0013, "", ""},
    {{"DataAbsent"}, READ(data), 0x0012, "80ff00", "none"},
};
INSTANTIATE_TEST_SUITE_P(Text, StunAttribute, ::testing::ValuesIn(kTexts), testing::CaseName());

const AttributeCase kErrorCodes[] = {
    {{"Unauthorized"}, READ(error_code), 0x0009, "00000401 556e617574686f72697a6564", "401 Unauthorized"},
    {{"RoleConflict"}, READ(error_code), 0x0009, "00000457", "487 "},
    {{"ReservedBitsAreIgnored"}, READ(error_code), 0x0009, "fffffc57", "487 "},
    {{"LowestOfAll"}, READ(error_code), 0x0009, "00000300", "300 "},
    {{"HighestOfAll"}, READ(error_code), 0x0009, "00000663", "699 "},
    {{"HundredsTwo"}, READ(error_code), 0x0009, "00000200", "none"},
    {{"HundredsSeven"}, READ(error_code), 0x0009, "00000700", "none"},
    {{"NumberHundred"}, READ(error_code), 0x0009, "00000464", "none"},
    {{"ThreeOctets"}, READ(error_code), 0x0009, "000004", "none"},
    {{"Absent"}, READ(error_code), 0x000a, "00000401", "none"},
};
INSTANTIATE_TEST_SUITE_P(ErrorCode, StunAttribute, ::testing::ValuesIn(kErrorCodes), testing::CaseName());

const AttributeCase kNumbers[] = {
    {{"Priority"}, READ(priority), 0x0024, "6e0001ff", "1845494271"},
    {{"PriorityOfThreeOctets"}, READ(priority), 0x0024, "6e0001", "none"},
    {{"PriorityOfFiveOctets"}, READ(priority), 0x0024, "6e0001ff00", "none"},
    {{"Controlling"}, READ(ice_controlling), 0x802a, "ffffffffffffffff", "18446744073709551615"},
    {{"Controlled"}, READ(ice_controlled), 0x8029, "0000000000000001", "1"},
    {{"ControlledOfFourOctets"}, READ(ice_controlled), 0x8029, "00000001", "none"},
    {{"ChannelNumber"}, READ(channel_number), 0x000c, "40010000", "16385"},
    {{"ChannelNumberOfTwoOctets"}, READ(channel_number), 0x000c, "4001", "none"},
    {{"Lifetime"}, READ(lifetime_s), 0x000d, "00000258", "600"},
    {{"LifetimeZero"}, READ(lifetime_s), 0x000d, "00000000", "0"},
    {{"RequestedTransport"}, READ(requested_transport), 0x0019, "11000000", "17"},
    {{"RequestedTransportOfOneOctet"}, READ(requested_transport), 0x0019, "11", "none"},
    {{"Nomination"}, READ(nomination), 0xc001, "00000003", "3"},
    {{"NetworkInfo"}, READ(network_info), 0xc057, "00030032", "196658"},
};
INSTANTIATE_TEST_SUITE_P(Number, StunAttribute, ::testing::ValuesIn(kNumbers), testing::CaseName());

TEST(StunAttributeFlag, UseCandidate) {
  const Octets with = testing::stun(0x0001, 1, attribute(0x0025, {}));
  const Octets without = testing::stun(0x0001, 1, {});
  EXPECT_TRUE(parse_stun(with)->use_candidate());
  EXPECT_FALSE(parse_stun(without)->use_candidate());
}

// Every attribute that has a name of its own here is found by it; the numbers are those of the registries.
struct RegistryCase : testing::NamedCase {
  AttributeType type;
  unsigned number;
};

class StunRegistry : public ::testing::TestWithParam<RegistryCase> {};

TEST_P(StunRegistry, AttributeIsFoundByItsNumber) {
  const Octets octets = testing::stun(0x0001, 1, attribute(GetParam().number, hex("01020304")));
  const auto message = parse_stun(octets);
  ASSERT_TRUE(message.has_value());
  const AttributeView* found = message->find(GetParam().type);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(testing::hex_of(found->value), "01020304");
}

const RegistryCase kRegistry[] = {
    // RFC 8489, 18.3
    {{"MappedAddress"}, AttributeType::kMappedAddress, 0x0001},
    {{"Username"}, AttributeType::kUsername, 0x0006},
    {{"MessageIntegrity"}, AttributeType::kMessageIntegrity, 0x0008},
    {{"ErrorCode"}, AttributeType::kErrorCode, 0x0009},
    {{"UnknownAttributes"}, AttributeType::kUnknownAttributes, 0x000a},
    {{"Realm"}, AttributeType::kRealm, 0x0014},
    {{"Nonce"}, AttributeType::kNonce, 0x0015},
    {{"MessageIntegritySha256"}, AttributeType::kMessageIntegritySha256, 0x001c},
    {{"PasswordAlgorithm"}, AttributeType::kPasswordAlgorithm, 0x001d},
    {{"Userhash"}, AttributeType::kUserhash, 0x001e},
    {{"XorMappedAddress"}, AttributeType::kXorMappedAddress, 0x0020},
    {{"PasswordAlgorithms"}, AttributeType::kPasswordAlgorithms, 0x8002},
    {{"AlternateDomain"}, AttributeType::kAlternateDomain, 0x8003},
    {{"Software"}, AttributeType::kSoftware, 0x8022},
    {{"AlternateServer"}, AttributeType::kAlternateServer, 0x8023},
    // RFC 8445, 16.1
    {{"Priority"}, AttributeType::kPriority, 0x0024},
    {{"UseCandidate"}, AttributeType::kUseCandidate, 0x0025},
    {{"IceControlled"}, AttributeType::kIceControlled, 0x8029},
    {{"IceControlling"}, AttributeType::kIceControlling, 0x802a},
    // RFC 8656, 18
    {{"ChannelNumber"}, AttributeType::kChannelNumber, 0x000c},
    {{"Lifetime"}, AttributeType::kLifetime, 0x000d},
    {{"XorPeerAddress"}, AttributeType::kXorPeerAddress, 0x0012},
    {{"Data"}, AttributeType::kData, 0x0013},
    {{"XorRelayedAddress"}, AttributeType::kXorRelayedAddress, 0x0016},
    {{"RequestedAddressFamily"}, AttributeType::kRequestedAddressFamily, 0x0017},
    {{"EvenPort"}, AttributeType::kEvenPort, 0x0018},
    {{"RequestedTransport"}, AttributeType::kRequestedTransport, 0x0019},
    {{"DontFragment"}, AttributeType::kDontFragment, 0x001a},
    {{"ReservationToken"}, AttributeType::kReservationToken, 0x0022},
    {{"AdditionalAddressFamily"}, AttributeType::kAdditionalAddressFamily, 0x8000},
    {{"AddressErrorCode"}, AttributeType::kAddressErrorCode, 0x8001},
    {{"Icmp"}, AttributeType::kIcmp, 0x8004},
    // libwebrtc, api/transport/stun.h
    {{"Nomination"}, AttributeType::kNomination, 0xc001},
    {{"GoogNetworkInfo"}, AttributeType::kGoogNetworkInfo, 0xc057},
    {{"GoogLastIceCheckReceived"}, AttributeType::kGoogLastIceCheckReceived, 0xc058},
    {{"GoogMiscInfo"}, AttributeType::kGoogMiscInfo, 0xc059},
    {{"GoogConnectionId"}, AttributeType::kGoogConnectionId, 0xc05b},
    {{"GoogMessageIntegrity32"}, AttributeType::kGoogMessageIntegrity32, 0xc060},
    {{"MetaDtlsInStun"}, AttributeType::kMetaDtlsInStun, 0xc070},
    {{"MetaDtlsInStunAck"}, AttributeType::kMetaDtlsInStunAck, 0xc071},
    {{"RetransmitCount"}, AttributeType::kRetransmitCount, 0xff00},
};
INSTANTIATE_TEST_SUITE_P(Number, StunRegistry, ::testing::ValuesIn(kRegistry), testing::CaseName());

}  // namespace
}  // namespace rtcscope::stun
