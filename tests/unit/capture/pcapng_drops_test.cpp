// What a pcapng file says of packets that its writer lost.

#include "tests/unit/capture/capture_octets.hpp"

namespace rtcscope {
namespace {

using testing::hex;
using testing::NgWriter;
using testing::Octets;
using testing::operator+;

constexpr unsigned kInterfaceDrops = 5;  // isb_ifdrop
constexpr unsigned kOsDrops = 7;         // isb_osdrop
constexpr unsigned kPacketDrops = 4;     // epb_dropcount

struct DropsCase : testing::NamedCase {
  Octets file;
  std::uint64_t kernel;
  std::uint64_t interface;
};

class PcapngDrops : public ::testing::TestWithParam<DropsCase> {};

TEST_P(PcapngDrops, AreCounted) {
  const auto source = capture_in_memory(GetParam().file);
  const testing::Reading reading = testing::read_all(*source);
  ASSERT_FALSE(reading.fault.has_value()) << reading.fault->message;
  const CaptureCounters counters = source->counters().at(0);
  EXPECT_EQ(counters.kernel_drops, GetParam().kernel);
  EXPECT_EQ(counters.interface_drops, GetParam().interface);
}

const NgWriter kW;

NgWriter section() {
  return NgWriter{}.section().interface(1, kW.name("eth0"));
}

Octets drops(std::uint64_t before) {
  return kW.count(kPacketDrops, before);
}

const Octets kFrame = hex("aa");

const DropsCase kCases[] = {
    {{"None"}, section().packet(0, 0, kFrame).octets, 0, 0},
    {{"OfPackets"}, section().packet(0, 0, kFrame, drops(3)).packet(0, 0, kFrame, drops(4)).octets, 7, 0},
    {{"OfStatistics"},
     section().statistics(0, kW.count(kOsDrops, 5) + kW.count(kInterfaceDrops, 6)).octets,
     5,
     6},
    // Statistics are cumulative: the last one counts.
    {{"OfLaterStatistics"},
     section().statistics(0, kW.count(kOsDrops, 5)).statistics(0, kW.count(kOsDrops, 9)).octets,
     9,
     0},
    {{"StatisticsThatFall"},
     section().statistics(0, kW.count(kOsDrops, 9)).statistics(0, kW.count(kOsDrops, 5)).octets,
     9,
     0},
    // Both count the same losses: the greater, not the sum.
    {{"OfBothPacketsMore"},
     section().packet(0, 0, kFrame, drops(9)).statistics(0, kW.count(kOsDrops, 5)).octets,
     9,
     0},
    {{"OfBothStatisticsMore"},
     section().packet(0, 0, kFrame, drops(3)).statistics(0, kW.count(kOsDrops, 5)).octets,
     5,
     0},
    {{"OfObsoletePackets"},
     section().block(2, hex("0000 0200 00000000 00000000 01000000 01000000 aa")).octets,
     2,
     0},
    {{"UnknownOfObsoletePackets"},
     section().block(2, hex("0000 ffff 00000000 00000000 01000000 01000000 aa")).octets,
     0,
     0},
    {{"OptionOfFourOctets"}, section().statistics(0, kW.option(kOsDrops, hex("05000000"))).octets, 0, 0},
    {{"OptionsCut"}, section().statistics(0, kW.count(kOsDrops, 5) + hex("0700 0900")).octets, 5, 0},
    // The next section begins to count anew.
    {{"OfTwoSections"},
     section().statistics(0, kW.count(kOsDrops, 5)).octets +
         section().statistics(0, kW.count(kOsDrops, 2)).octets,
     7,
     0},
};
INSTANTIATE_TEST_SUITE_P(File, PcapngDrops, ::testing::ValuesIn(kCases), testing::CaseName());

TEST(PcapngDropsOfInterfaces, StayApart) {
  const Octets octets = NgWriter{}
                            .section()
                            .interface(1, kW.name("eth0"))
                            .interface(1, kW.name("eth1"))
                            .packet(1, 0, kFrame, drops(3))
                            .octets;
  const auto source = capture_in_memory(octets);
  testing::read_all(*source);
  EXPECT_EQ(source->counters().at(0).kernel_drops, 0U);
  EXPECT_EQ(source->counters().at(1).kernel_drops, 3U);
}

}  // namespace
}  // namespace rtcscope
