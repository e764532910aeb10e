// RTP as browsers, aiortc and Janus sent it.

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

#include "capture/open.hpp"
#include "decoders/demux/demux.hpp"
#include "decoders/link/frame.hpp"
#include "decoders/rtp/rtp_packet.hpp"
#include "tests/support/capture_packets.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/recordings.hpp"

namespace rtcscope::rtp {
namespace {

struct Tally {
  int packets = 0;
  int refused = 0;
  int elements = 0;
  int broken_blocks = 0;
};

void count(Bytes datagram, Tally& tally) {
  if (demux::classify(datagram) != demux::PacketClass::kRtp) return;
  tally.packets += 1;
  const auto packet = parse_rtp(datagram);
  if (!packet) {
    tally.refused += 1;
    return;
  }
  ExtensionReader reader(*packet);
  while (reader.next()) tally.elements += 1;
  tally.broken_blocks += reader.error() ? 1 : 0;
}

// Media is cut off behind the header extensions in this file, so the payload is never whole.
TEST(SampleCallRtp, EveryPacketAndElementIsRead) {
  Tally tally;
  auto source = open_capture_file(RTCSCOPE_TEST_DATA "/sample-call/call.pcap");
  ASSERT_TRUE(source.has_value());
  while (!(*source)->finished()) {
    const auto batch = (*source)->next_batch(Duration::zero());
    ASSERT_TRUE(batch.has_value());
    for (const PacketRecord& record : *batch) {
      const auto view = link::parse_frame(record.link_type, record.bytes, record.wire_length);
      if (view && view->five_tuple.transport == Transport::kUdp) count(view->payload, tally);
    }
  }
  EXPECT_GT(tally.packets, 1000);
  EXPECT_GT(tally.elements, 0);
  EXPECT_EQ(tally.refused + tally.broken_blocks, 0);
}

TEST(RecordedCallRtp, EveryPacketAndElementIsRead) {
  const auto files = testing::recordings(testing::kCalls, "call.pcap");
  if (files.empty()) GTEST_SKIP() << testing::kCalls << " names no folder of recorded calls";
  for (const auto& file : files) {
    Tally tally;
    testing::for_each_datagram(file, [&](const link::DatagramView& view) { count(view.payload, tally); });
    EXPECT_EQ(tally.refused + tally.broken_blocks, 0) << file;
  }
}

testing::Octets contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  testing::Octets octets;
  for (std::istreambuf_iterator<char> c(file), end; c != end; ++c)
    octets.push_back(static_cast<std::byte>(*c));
  return octets;
}

/// One of aiortc's own test packets, by name.
testing::Octets aiortc_packet(const std::string& name) {
  const auto files = testing::recordings(testing::kPublicCaptures, name);
  return files.empty() ? testing::Octets{} : contents(files.front());
}

// What aiortc's own tests (tests/test_rtp.py) say of these packets.
TEST(PublicCaptureRtp, PlainPacket) {
  const testing::Octets octets = aiortc_packet("rtp.bin");
  if (octets.empty()) GTEST_SKIP() << testing::kPublicCaptures << " has no rtp.bin";
  const auto packet = parse_rtp(octets);
  ASSERT_TRUE(packet.has_value());
  EXPECT_EQ(std::make_tuple(packet->marker, packet->payload_type, packet->sequence_number,
                            packet->rtp_timestamp, packet->csrc_count(), packet->payload.size()),
            std::make_tuple(false, 0, 15743, 3937035252U, 0U, 160U));
}

TEST(PublicCaptureRtp, ContributingSources) {
  const testing::Octets octets = aiortc_packet("rtp_with_csrc.bin");
  if (octets.empty()) GTEST_SKIP() << testing::kPublicCaptures << " has no rtp_with_csrc.bin";
  const auto packet = parse_rtp(octets);
  ASSERT_TRUE(packet.has_value());
  EXPECT_EQ(packet->csrc_count(), 2U);
  EXPECT_EQ(packet->payload.size(), 160U);
}

TEST(PublicCaptureRtp, MidInTheExtension) {
  const testing::Octets octets = aiortc_packet("rtp_with_sdes_mid.bin");
  if (octets.empty()) GTEST_SKIP() << testing::kPublicCaptures << " has no rtp_with_sdes_mid.bin";
  const auto packet = parse_rtp(octets);
  ASSERT_TRUE(packet.has_value());
  const auto element = ExtensionReader(*packet).next();
  ASSERT_TRUE(element.has_value());
  EXPECT_EQ(element->id, 9);
  EXPECT_EQ(testing::hex_of(element->bytes), "30");  // "0"
}

}  // namespace
}  // namespace rtcscope::rtp
