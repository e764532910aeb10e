// The classic format (draft-ietf-opsawg-pcap).

#include "tests/unit/capture/capture_octets.hpp"

namespace rtcscope {
namespace {

using testing::hex;
using testing::Octets;
using testing::pcap_header;
using testing::pcap_record;
using testing::read_all;
using testing::operator+;

constexpr std::uint32_t kMicroseconds = 0xa1b2c3d4;
constexpr std::uint32_t kNanoseconds = 0xa1b23c4d;
constexpr std::uint32_t kSeconds = 1'700'000'000;

class Pcap : public ::testing::TestWithParam<testing::FileCase> {};

TEST_P(Pcap, IsReadUpToTheFault) {
  EXPECT_EQ(read_all(GetParam().file).text(), GetParam().want);
}

Octets file(bool little, std::uint32_t magic, const Octets& records) {
  return pcap_header(little, magic) + records;
}

const testing::FileCase kFormats[] = {
    {{"MicrosecondsLittleEndian"},
     file(true, kMicroseconds, pcap_record(true, kSeconds, 5, hex("aabb"))),
     "if0/1 1700000000.000005000 aabb/2\n"},
    {{"MicrosecondsBigEndian"},
     file(false, kMicroseconds, pcap_record(false, kSeconds, 5, hex("aabb"))),
     "if0/1 1700000000.000005000 aabb/2\n"},
    {{"NanosecondsLittleEndian"},
     file(true, kNanoseconds, pcap_record(true, kSeconds, 999'999'999, hex("aabb"))),
     "if0/1 1700000000.999999999 aabb/2\n"},
    {{"NanosecondsBigEndian"},
     file(false, kNanoseconds, pcap_record(false, kSeconds, 999'999'999, hex("aabb"))),
     "if0/1 1700000000.999999999 aabb/2\n"},
    {{"NoPackets"}, file(true, kMicroseconds, {}), ""},
    {{"EmptyPacket"},
     file(true, kMicroseconds, pcap_record(true, kSeconds, 0, {})),
     "if0/1 1700000000.000000000 /0\n"},
    {{"SnappedPacket"},
     file(true, kMicroseconds, pcap_record(true, kSeconds, 0, hex("aa"), 9)),
     "if0/1 1700000000.000000000 aa/10\n"},
    {{"TwoPackets"},
     file(true, kMicroseconds, pcap_record(true, 1, 0, hex("aa")) + pcap_record(true, 2, 0, hex("bb"))),
     "if0/1 1.000000000 aa/1\nif0/1 2.000000000 bb/1\n"},
    // Seconds are unsigned: after 2038.
    {{"LastSecond"},
     file(true, kMicroseconds, pcap_record(true, 0xffffffff, 0, hex("aa"))),
     "if0/1 4294967295.000000000 aa/1\n"},
    {{"FractionOverASecond"},
     file(true, kMicroseconds, pcap_record(true, 1, 1'500'000, hex("aa"))),
     "if0/1 2.500000000 aa/1\n"},
    {{"WireLengthBelowTheCaptured"},
     file(true, kMicroseconds, pcap_record(true, 1, 0, hex("aabb"), 0xffffffff)),
     "if0/1 1.000000000 aabb/2\n"},
};
INSTANTIATE_TEST_SUITE_P(Format, Pcap, ::testing::ValuesIn(kFormats), testing::CaseName());

Octets of_link_type(std::uint32_t link_type) {
  return pcap_header(true, kMicroseconds, link_type) + pcap_record(true, 1, 0, hex("aa"));
}

const testing::FileCase kLinkTypes[] = {
    {{"Null"}, of_link_type(0), "if0/0 1.000000000 aa/1\n"},
    {{"Raw"}, of_link_type(101), "if0/101 1.000000000 aa/1\n"},
    // DLT_RAW of most systems and of OpenBSD, which must not be in a file and is.
    {{"LeakedRaw"}, of_link_type(12), "if0/101 1.000000000 aa/1\n"},
    {{"LeakedRawOpenBsd"}, of_link_type(14), "if0/101 1.000000000 aa/1\n"},
    {{"Cooked"}, of_link_type(113), "if0/113 1.000000000 aa/1\n"},
    {{"Cooked2"}, of_link_type(276), "if0/276 1.000000000 aa/1\n"},
    {{"WithFcsBits"}, of_link_type(0x24000001), "if0/1 1.000000000 aa/1\n"},
    {{"UnknownOne"}, of_link_type(9999), "if0/9999 1.000000000 aa/1\n"},
};
INSTANTIATE_TEST_SUITE_P(LinkType, Pcap, ::testing::ValuesIn(kLinkTypes), testing::CaseName());

const Octets kOne = pcap_record(true, 1, 0, hex("aabbccdd"));

Octets oversized(std::uint32_t captured) {
  return testing::FileWriter(true).u32(1).u32(0).u32(captured).u32(captured).octets;
}

const testing::FileCase kFaults[] = {
    {{"FileHeaderCut"}, hex("d4c3b2a1 0200 0400 00000000 00000000 ffff0000 010000"), "truncated@0\n"},
    {{"VersionThree"}, pcap_header(true, kMicroseconds, 1, 3, 0), "unsupported_version@0\n"},
    {{"MinorThree"}, pcap_header(true, kMicroseconds, 1, 2, 3), "unsupported_version@0\n"},
    {{"RecordHeaderCut"},
     file(true, kMicroseconds, kOne + hex("00000000 000000")),
     "if0/1 1.000000000 aabbccdd/4\ntruncated@44\n"},
    {{"RecordCut"},
     file(true, kMicroseconds, kOne + Octets(kOne.data(), kOne.data() + 19)),
     "if0/1 1.000000000 aabbccdd/4\ntruncated@44\n"},
    {{"LongestRecordCut"}, file(true, kMicroseconds, oversized(262'144)), "truncated@24\n"},
    {{"OversizedRecord"},
     file(true, kMicroseconds, kOne + oversized(262'145) + kOne),
     "if0/1 1.000000000 aabbccdd/4\noversized_record@44\n"},
    {{"NegativeLength"}, file(true, kMicroseconds, oversized(0xffffffff)), "oversized_record@24\n"},
    {{"ModifiedFormat"}, pcap_header(true, 0xa1b2cd34), "not_a_capture@0\n"},
};
INSTANTIATE_TEST_SUITE_P(Fault, Pcap, ::testing::ValuesIn(kFaults), testing::CaseName());

TEST(PcapTruncation, EachCutSaysWhereTheLastRecordBegins) {
  const Octets whole = file(true, kMicroseconds, kOne + kOne + kOne);
  for (std::size_t size = 24; size < whole.size(); ++size) {
    const testing::Reading reading = read_all(Octets(whole.data(), whole.data() + size));
    const std::size_t records = (size - 24) / kOne.size();
    ASSERT_EQ(reading.packets.size(), records) << size << " octets";
    ASSERT_EQ(reading.fault.has_value(), (size - 24) % kOne.size() != 0) << size << " octets";
    if (!reading.fault) continue;
    EXPECT_EQ(reading.fault->code, CaptureErrc::kTruncated);
    EXPECT_EQ(reading.fault->offset, 24 + records * kOne.size());
    EXPECT_EQ(reading.fault->packets, records);
  }
}

TEST(PcapTruncation, SentenceNamesThePlace) {
  const testing::Reading reading = read_all(file(true, kMicroseconds, kOne + hex("00")));
  ASSERT_TRUE(reading.fault.has_value());
  EXPECT_NE(reading.fault->message.find("octet 44, after 1 packets"), std::string::npos)
      << reading.fault->message;
}

TEST(PcapCounters, CountPacketsOctetsAndCuts) {
  const Octets octets =
      file(true, kMicroseconds,
           kOne + pcap_record(true, 2, 0, hex("aa"), 99) + pcap_record(true, 3, 0, hex("bb")));
  const auto source = capture_in_memory(octets);
  read_all(*source);
  const CaptureCounters counters = source->counters().at(0);
  EXPECT_EQ(counters.packets, 3U);
  EXPECT_EQ(counters.bytes, 4U + 100U + 1U);
  EXPECT_EQ(counters.truncated, 1U);
  EXPECT_EQ(counters.kernel_drops + counters.interface_drops, 0U);
}

}  // namespace
}  // namespace rtcscope
