// A capture gives the same packets whatever the pieces are in which its octets come.

#include "tests/unit/capture/capture_octets.hpp"

namespace rtcscope {
namespace {

using testing::hex;
using testing::Octets;
using testing::operator+;

Octets pcap() {
  Octets octets = testing::pcap_header(false, 0xa1b23c4d);
  for (std::uint32_t i = 0; i < 40; ++i)
    octets = octets + testing::pcap_record(false, i, i, Octets(i, std::byte{7}));
  return octets;
}

Octets pcapng() {
  testing::NgWriter writer;
  writer.section().interface().block(0xbad, Octets(100));
  for (std::uint32_t i = 0; i < 40; ++i) writer.packet(0, i, Octets(i, std::byte{7}));
  return writer.octets + hex("aabb");  // and a truncated tail
}

struct PieceCase : testing::NamedCase {
  Octets file;
};

class Pieces : public ::testing::TestWithParam<PieceCase> {};

TEST_P(Pieces, OfAnySizeGiveTheSame) {
  const std::string whole = testing::read_all(GetParam().file).text();
  for (const std::size_t piece : {1, 2, 3, 7, 16, 23, 24, 25, 100, 4096}) {
    EXPECT_EQ(testing::read_all(GetParam().file, piece).text(), whole) << piece << " octets at a time";
  }
}

const PieceCase kFiles[] = {{{"Pcap"}, pcap()}, {{"Pcapng"}, pcapng()}};
INSTANTIATE_TEST_SUITE_P(File, Pieces, ::testing::ValuesIn(kFiles), testing::CaseName());

// More packets than one batch and more octets than the window hold.
TEST(ManyPackets, AllComeInOrder) {
  Octets octets = testing::pcap_header(true, 0xa1b2c3d4);
  constexpr std::uint32_t kPackets = 3000;
  for (std::uint32_t i = 0; i < kPackets; ++i) {
    const Octets record = testing::pcap_record(true, i, 0, Octets(1000));
    octets.insert(octets.end(), record.begin(), record.end());
  }
  const auto source = capture_in_memory(octets);
  std::uint32_t next = 0;
  while (!source->finished()) {
    const auto batch = source->next_batch(Duration::zero());
    ASSERT_TRUE(batch.has_value());
    for (const PacketRecord& record : *batch) {
      ASSERT_EQ(ns_since_epoch(record.time), std::int64_t{next} * 1'000'000'000);
      ++next;
    }
  }
  EXPECT_EQ(next, kPackets);
}

}  // namespace
}  // namespace rtcscope
