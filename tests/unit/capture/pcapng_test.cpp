// The next-generation format (draft-ietf-opsawg-pcapng).

#include <algorithm>

#include "tests/unit/capture/capture_octets.hpp"

namespace rtcscope {
namespace {

using testing::hex;
using testing::NgWriter;
using testing::Octets;
using testing::read_all;
using testing::operator+;

constexpr std::uint64_t kSecond = 1'700'000'000;
constexpr std::uint64_t kMicrosecond = kSecond * 1'000'000 + 5;

class Pcapng : public ::testing::TestWithParam<testing::FileCase> {};

TEST_P(Pcapng, IsReadUpToTheFault) {
  EXPECT_EQ(read_all(GetParam().file).text(), GetParam().want);
}

NgWriter section(bool little = true) {
  return NgWriter(little).section();
}

const testing::FileCase kFormats[] = {
    {{"LittleEndian"},
     section().interface().packet(0, kMicrosecond, hex("aabb")).octets,
     "if0/1 1700000000.000005000 aabb/2\n"},
    {{"BigEndian"},
     section(false).interface().packet(0, kMicrosecond, hex("aabb")).octets,
     "if0/1 1700000000.000005000 aabb/2\n"},
    {{"NoPackets"}, section().octets, ""},
    {{"SnappedPacket"},
     section().interface().packet(0, kMicrosecond, hex("aa"), {}, 9).octets,
     "if0/1 1700000000.000005000 aa/10\n"},
    {{"NamedInterface"},
     section().interface(1, NgWriter{}.name("eth0")).packet(0, 0, hex("aa")).octets,
     "eth0/1 0.000000000 aa/1\n"},
    {{"NameIsCleaned"},
     section().interface(1, NgWriter{}.name("e\x1b\xff")).packet(0, 0, hex("aa")).octets,
     "e\xef\xbf\xbd/1 0.000000000 aa/1\n"},
    {{"CookedInterface"},
     section().interface(113).packet(0, 0, hex("aa")).octets,
     "if0/113 0.000000000 aa/1\n"},
    {{"UnknownBlocks"},
     section().block(0xbad, hex("aabbcc")).interface().block(10, Octets(64)).packet(0, 0, hex("aa")).octets,
     "if0/1 0.000000000 aa/1\n"},
    {{"TwoSectionsOfTwoByteOrders"},
     section().interface().packet(0, 0, hex("aa")).octets +
         section(false).interface().packet(0, kMicrosecond, hex("bb")).octets,
     "if0/1 0.000000000 aa/1\nif0/1 1700000000.000005000 bb/1\n"},
};
INSTANTIATE_TEST_SUITE_P(Format, Pcapng, ::testing::ValuesIn(kFormats), testing::CaseName());

Octets at(std::uint64_t timestamp, const Octets& options) {
  return section().interface(1, options).packet(0, timestamp, hex("aa")).octets;
}

const NgWriter kOptions;

const testing::FileCase kTimes[] = {
    {{"Nanoseconds"},
     at(kSecond * 1'000'000'000 + 7, kOptions.resolution(9)),
     "if0/1 1700000000.000000007 aa/1\n"},
    {{"Milliseconds"}, at(kSecond * 1000 + 7, kOptions.resolution(3)), "if0/1 1700000000.007000000 aa/1\n"},
    {{"Seconds"}, at(kSecond, kOptions.resolution(0)), "if0/1 1700000000.000000000 aa/1\n"},
    {{"Attoseconds"}, at(9'000'000'000'000'000'001, kOptions.resolution(18)), "if0/1 9.000000000 aa/1\n"},
    {{"PowerOfTwo"},
     at((kSecond << 20) + (1 << 19), kOptions.resolution(0x94)),
     "if0/1 1700000000.500000000 aa/1\n"},
    {{"TwoToTheSixtyThree"},
     at(std::uint64_t{3} << 62, kOptions.resolution(0xbf)),
     "if0/1 1.500000000 aa/1\n"},
    {{"Offset"},
     at(5, kOptions.resolution(0) + kOptions.count(14, kSecond)),
     "if0/1 1700000005.000000000 aa/1\n"},
    {{"NegativeOffset"},
     at(kSecond, kOptions.resolution(0) + kOptions.count(14, ~std::uint64_t{0})),
     "if0/1 1699999999.000000000 aa/1\n"},
    {{"BeforeTheEpoch"}, at(0, kOptions.count(14, ~std::uint64_t{0})), "bad_timestamp@60\n"},
    {{"AfterTheYear2255"}, at(9'000'000'001, kOptions.resolution(0)), "bad_timestamp@56\n"},
    {{"LargestTimestamp"}, at(~std::uint64_t{0}, kOptions.resolution(0)), "bad_timestamp@56\n"},
    {{"ResolutionOver19"}, at(0, kOptions.resolution(20)), "bad_interface_option@28\n"},
    {{"PowerOfTwoOver63"}, at(0, kOptions.resolution(0xc0)), "bad_interface_option@28\n"},
    {{"ResolutionOfTwoOctets"}, at(0, kOptions.option(9, hex("0606"))), "bad_interface_option@28\n"},
    {{"OffsetOfFourOctets"}, at(0, kOptions.option(14, hex("00000000"))), "bad_interface_option@28\n"},
};
INSTANTIATE_TEST_SUITE_P(Time, Pcapng, ::testing::ValuesIn(kTimes), testing::CaseName());

TEST(PcapngInterfaces, EachHasItsOwnClockAndLinkType) {
  const Octets octets = section()
                            .interface(1, kOptions.name("eth0") + kOptions.resolution(9))
                            .interface(101, kOptions.name("tun0") + kOptions.resolution(3))
                            .interface(276)
                            .packet(1, 2000, hex("bb"))
                            .packet(0, 1'000'000'001, hex("aa"))
                            .packet(2, 3'000'000, hex("cc"))
                            .octets;
  EXPECT_EQ(read_all(octets).text(),
            "tun0/101 2.000000000 bb/1\neth0/1 1.000000001 aa/1\nif2/276 3.000000000 cc/1\n");
}

// Files put together with cat: the same interface again must not be another one.
TEST(PcapngInterfaces, SameOneOfALaterSectionIsTheSame) {
  const Octets part = section().interface(1, kOptions.name("eth0")).packet(0, 0, hex("aa")).octets;
  const Octets other = section().interface(1, kOptions.name("eth1")).packet(0, 0, hex("bb")).octets;
  const Octets octets = part + part + other;
  const auto source = capture_in_memory(octets);
  EXPECT_EQ(read_all(*source).text(),
            "eth0/1 0.000000000 aa/1\neth0/1 0.000000000 aa/1\neth1/1 0.000000000 bb/1\n");
  EXPECT_EQ(source->interfaces().size(), 2U);
}

// A clock belongs to the section that told it.
TEST(PcapngInterfaces, LaterSectionHasAClockOfItsOwn) {
  const Octets octets = section().interface(1, kOptions.resolution(0)).packet(0, 7, hex("aa")).octets +
                        section().interface().packet(0, 7'000'000, hex("bb")).octets;
  EXPECT_EQ(read_all(octets).text(), "if0/1 7.000000000 aa/1\nif0/1 7.000000000 bb/1\n");
}

TEST(PcapngInterfaces, TooManyAreRefused) {
  NgWriter writer = section();
  for (std::size_t i = 0; i < PcapngParser::kMaxInterfaces; ++i) writer.interface();
  EXPECT_EQ(read_all(writer.octets).text(), "");
  writer.interface();
  EXPECT_EQ(read_all(writer.octets).fault->code, CaptureErrc::kTooManyInterfaces);
}

Octets with_flags(std::uint32_t flags) {
  const NgWriter w;
  return section().interface().packet(0, 0, hex("aa"), w.option(2, w.fields().u32(flags).octets)).octets;
}

const testing::FileCase kDirections[] = {
    {{"Unknown"}, with_flags(0), "if0/1 0.000000000 aa/1\n"},
    {{"Inbound"}, with_flags(1), "if0/1 0.000000000 aa/1 in\n"},
    {{"Outbound"}, with_flags(2), "if0/1 0.000000000 aa/1 out\n"},
    {{"Reserved"}, with_flags(3), "if0/1 0.000000000 aa/1\n"},
    {{"OtherBits"}, with_flags(0xfffffffd), "if0/1 0.000000000 aa/1 in\n"},
    {{"DamagedOptions"},
     section().interface().packet(0, 0, hex("aa"), hex("0200ff00 01000000")).octets,
     "if0/1 0.000000000 aa/1\n"},
};
INSTANTIATE_TEST_SUITE_P(Direction, Pcapng, ::testing::ValuesIn(kDirections), testing::CaseName());

Octets simple(std::uint32_t original, const Octets& frame) {
  return NgWriter{}.fields().u32(original).bytes(frame).octets;
}

const testing::FileCase kOtherPackets[] = {
    // It has no time: that of the packet before.
    {{"Simple"},
     section().interface().packet(0, kMicrosecond, hex("aa")).block(3, simple(2, hex("bbcc"))).octets,
     "if0/1 1700000000.000005000 aa/1\nif0/1 1700000000.000005000 bbcc/2\n"},
    {{"SimpleCutToTheSnapLength"},
     section().interface(1, {}, 4).block(3, simple(9, hex("00010203"))).octets,
     "if0/1 0.000000000 00010203/9\n"},
    {{"SimpleTooShort"},
     section().interface().block(3, simple(9, hex("00010203"))).octets,
     "bad_block_length@48\n"},
    {{"SimpleWithoutInterface"},
     section().block(3, simple(1, hex("aa"))).octets,
     "undeclared_interface@28\n"},
    {{"Obsolete"},
     section().interface().block(2, hex("0000 ffff 00000000 05000000 02000000 09000000 aabb")).octets,
     "if0/1 0.000005000 aabb/9\n"},
    {{"ObsoleteOfNoInterface"},
     section().interface().block(2, hex("0100 0000 00000000 05000000 02000000 09000000 aabb")).octets,
     "undeclared_interface@48\n"},
};
INSTANTIATE_TEST_SUITE_P(OtherPackets, Pcapng, ::testing::ValuesIn(kOtherPackets), testing::CaseName());

/// A section header, then these octets.
Octets raw(const std::string& octets) {
  return section().octets + hex(octets);
}

const testing::FileCase kFaults[] = {
    {{"BadMagic"},
     hex("0a0d0d0a 1c000000 00000000 01000000 ffffffffffffffff 1c000000"),
     "bad_byte_order_magic@0\n"},
    {{"VersionTwo"}, NgWriter{}.section(2).octets, "unsupported_version@0\n"},
    {{"SectionTooShort"}, hex("0a0d0d0a 10000000 4d3c2b1a 10000000"), "bad_block_length@0\n"},
    {{"LengthBelowTwelve"}, raw("bad00000 08000000 08000000"), "bad_block_length@28\n"},
    {{"LengthNoMultipleOfFour"}, raw("bad00000 0d000000 0d000000"), "bad_block_length@28\n"},
    {{"TrailerDiffers"}, raw("bad00000 0c000000 10000000"), "bad_block_length@28\n"},
    {{"LengthZero"}, raw("00000000 00000000 00000000"), "bad_block_length@28\n"},
    {{"BlockCut"}, raw("bad00000 10000000 00000000"), "truncated@28\n"},
    {{"BlockHeaderCut"}, raw("bad000"), "truncated@28\n"},
    {{"OversizedPacket"}, raw("06000000 04000800 00000000"), "oversized_record@28\n"},
    {{"LongUnknownBlockCut"}, raw("bad00000 00001000 00000000"), "truncated@28\n"},
    {{"UndeclaredInterface"},
     section().interface().packet(1, 0, hex("aa")).octets,
     "undeclared_interface@48\n"},
    {{"InterfaceOfTheSectionBefore"},
     section().interface().octets + section().packet(0, 0, hex("aa")).octets,
     "undeclared_interface@76\n"},
    {{"PacketPastItsBlock"},
     section().interface().block(6, hex("00000000 00000000 00000000 05000000 05000000 aabbccdd")).octets,
     "bad_block_length@48\n"},
    {{"InterfaceTooShort"}, section().block(1, hex("0100 0000")).octets, "bad_block_length@28\n"},
    {{"InterfaceOptionsCut"}, section().interface(1, hex("0200 ff00")).octets, "bad_interface_option@28\n"},
    {{"StatisticsTooShort"}, section().interface().block(5, hex("00000000")).octets, "bad_block_length@48\n"},
    {{"StatisticsOfNoInterface"}, section().statistics(0, {}).octets, "undeclared_interface@28\n"},
};
INSTANTIATE_TEST_SUITE_P(Fault, Pcapng, ::testing::ValuesIn(kFaults), testing::CaseName());

TEST(PcapngSkipping, BlockLongerThanTheWindowIsPassedOver) {
  constexpr std::uint32_t kLength = 3U << 20U;
  const NgWriter w;
  Octets octets = section().interface().octets + w.fields().u32(0xbad).u32(kLength).octets;
  octets.resize(octets.size() + kLength - 12);
  octets = octets + w.fields().u32(kLength).octets + NgWriter{}.packet(0, 0, hex("aa")).octets;
  EXPECT_EQ(read_all(octets).text(), "if0/1 0.000000000 aa/1\n");
}

TEST(PcapngTruncation, EachCutSaysWhereTheLastBlockBegins) {
  const Octets whole = section().interface().packet(0, 0, hex("aabb")).packet(0, 1, hex("cc")).octets;
  // Section header 28, interface 20, packets 36 each.
  const std::size_t starts[] = {0, 28, 48, 84, 120};
  for (std::size_t size = 28; size < whole.size(); ++size) {
    const std::size_t start = *(std::upper_bound(std::begin(starts), std::end(starts), size) - 1);
    const testing::Reading reading = read_all(Octets(whole.data(), whole.data() + size));
    ASSERT_EQ(reading.fault.has_value(), start != size) << size << " octets";
    if (!reading.fault) continue;
    EXPECT_EQ(reading.fault->code, CaptureErrc::kTruncated) << size << " octets";
    EXPECT_EQ(reading.fault->offset, start) << size << " octets";
  }
}

}  // namespace
}  // namespace rtcscope
