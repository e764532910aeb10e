#include "ring/header_ring.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "capture/open.hpp"
#include "tests/support/packet_builder.hpp"
#include "tests/unit/ring/ring_folder.hpp"

namespace rtcscope::ring {
namespace {

using namespace std::chrono_literals;
using testing::endpoint;
using testing::Octets;
using testing::Writer;

struct Read {
  UtcTime time;
  std::string interface;
  std::size_t octets;
  std::uint32_t wire_length;
  PacketDirection direction;
};

class HeaderRingTest : public RingFolder {
 protected:
  HeaderRingTest() {
    options.folder = folder;
    options.may_wait = true;
    options.application = "test";
  }
  void open() { ring = std::make_unique<HeaderRing>(options); }
  void add(Duration at, const Octets& payload, const Endpoint& from, const Endpoint& to,
           std::uint32_t interface = 0) {
    const Octets frame = testing::udp_frame(from, to, payload);
    PacketRecord record;
    record.time = start + at;
    record.interface_index = interface;
    record.direction = PacketDirection::kEgress;
    record.bytes = frame;
    record.wire_length = static_cast<std::uint32_t>(frame.size());
    ring->add(record);
  }
  Question question() const {
    return {{{client, server, Transport::kUdp}}, start, start + 1h, false, "ours"};
  }
  /// As our own reader of capture files sees them.
  std::vector<Read> read(const std::string& pcapng) const {
    const std::string path = parent + "/read.pcapng";
    std::ofstream(path, std::ios::binary) << pcapng;
    auto source = open_capture_file(path);
    EXPECT_TRUE(source) << source.error().message;
    std::vector<Read> packets;
    while (!(*source)->finished()) {
      const auto batch = (*source)->next_batch(Duration::zero());
      if (!batch) {
        ADD_FAILURE() << batch.error().message;
        break;
      }
      for (const PacketRecord& one : *batch) {
        packets.push_back({one.time, (*source)->interfaces()[one.interface_index].name, one.bytes.size(),
                           one.wire_length, one.direction});
      }
    }
    return packets;
  }

  RingOptions options;
  std::unique_ptr<HeaderRing> ring;
  const Endpoint client = endpoint("198.18.0.11", 40000), server = endpoint("198.18.0.1", 50000);
  const Endpoint other = endpoint("198.18.0.12", 40000);
};

TEST_F(HeaderRingTest, GivesTheFlowThatIsAskedFor) {
  open();
  ring->set_interface_names({"eth0", "eth1"});
  add(1s + 7ns, testing::rtp(1, 1, 1, 1000), client, server);
  add(2s, testing::rtp(1, 1, 1, 1000), other, server);
  add(3s, testing::rtp(2, 1, 1, 500), server, client, 1);
  const auto extract = ring->extract(question());
  ASSERT_TRUE(extract);
  EXPECT_EQ(extract->packets, 2U);
  const auto packets = read(extract->pcapng);
  ASSERT_EQ(packets.size(), 2U);
  EXPECT_EQ(packets[0].time, start + 1s + 7ns);
  EXPECT_EQ(packets[0].interface, "eth0");
  EXPECT_EQ(packets[0].octets, 42U + 12);
  EXPECT_EQ(packets[0].wire_length, 42U + 1012);
  EXPECT_EQ(packets[0].direction, PacketDirection::kEgress);
  EXPECT_EQ(packets[1].interface, "eth1");
  EXPECT_NE(extract->pcapng.find("ours"), std::string::npos);
}

TEST_F(HeaderRingTest, TimesBoundIt) {
  open();
  for (int second = 0; second < 10; ++second) {
    add(std::chrono::seconds{second}, testing::rtp(1, 1, 1), client, server);
  }
  Question some = question();
  some.from = start + 3s;
  some.to = start + 6s;
  EXPECT_EQ(ring->extract(some)->packets, 3U);
}

TEST_F(HeaderRingTest, ALargeAnswerEndsAndSaysWhere) {
  open();
  for (int i = 0; i < 100; ++i) add(std::chrono::seconds{i}, testing::rtp(1, 1, 1), client, server);
  Question little = question();
  little.most_octets = 2000;
  const auto extract = ring->extract(little);
  EXPECT_LT(extract->packets, 100U);
  EXPECT_EQ(extract->ended_early, start + std::chrono::seconds{extract->packets});
  EXPECT_EQ(read(extract->pcapng).size(), extract->packets);
  EXPECT_NE(extract->pcapng.find("size limit"), std::string::npos);
}

TEST_F(HeaderRingTest, PseudonymsHideAddresses) {
  open();
  add(1s, testing::stun(0x0101, 7, testing::xor_address(0x0020, client)), server, client);
  Question hidden = question();
  hidden.pseudonymise = true;
  const auto extract = ring->extract(hidden);
  ASSERT_EQ(extract->packets, 1U);
  EXPECT_EQ(read(extract->pcapng).size(), 1U);
  for (const char* address : {"\xc6\x12\x00\x0b", "\xe7\x00\xa4\x49"}) {  // plain, and with the cookie
    EXPECT_EQ(extract->pcapng.find(std::string(address, 4)), std::string::npos);
  }
  // The same in the next run.
  ring.reset();
  open();
  EXPECT_EQ(ring->extract(hidden)->pcapng, extract->pcapng);
}

TEST_F(HeaderRingTest, TheFilesAreCapturesThemselves) {
  open();
  ring->set_interface_names({"eth0"});
  add(1s, testing::rtp(1, 1, 1), client, server);
  ring->flush_and_stop();
  ring.reset();
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".pcapng") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    EXPECT_EQ(read(std::string(std::istreambuf_iterator<char>(file), {})).size(), 1U);
    files += 1;
  }
  EXPECT_EQ(files, 1U);
}

TEST_F(HeaderRingTest, ItStaysWithinItsBoundsAndHoldsTheNewest) {
  options.capacity_bytes = HeaderRing::kSmallestBytes;
  options.queue_bytes = 256 * 1024;
  open();
  ring->set_interface_names({"eth0"});
  constexpr int kPackets = 300'000;  // 30 MB
  for (int i = 0; i < kPackets; ++i) {
    add(std::chrono::milliseconds{i}, testing::rtp(1, static_cast<std::uint16_t>(i), 1), client, server);
  }
  Question last = question();
  last.from = start + std::chrono::milliseconds{kPackets - 1000};
  EXPECT_EQ(ring->extract(last)->packets, 1000U);
  const RingCounts counts = ring->counts();
  EXPECT_EQ(counts.packets, static_cast<std::uint64_t>(kPackets));
  EXPECT_EQ(counts.dropped + counts.failed, 0U);
  EXPECT_GT(counts.files_removed, 0U);
  EXPECT_LE(counts.stored_bytes, HeaderRing::kSmallestBytes);
  Question all = question();
  EXPECT_LT(ring->extract(all)->packets, static_cast<std::uint64_t>(kPackets));
}

TEST_F(HeaderRingTest, ALiveCaptureDropsRatherThanWaits) {
  options.may_wait = false;
  options.queue_bytes = 4096;
  open();
  constexpr std::uint64_t kPackets = 20'000;
  for (std::uint64_t i = 0; i < kPackets; ++i) add(1s, testing::rtp(1, 1, 1), client, server);
  const auto extract = ring->extract(question());
  const RingCounts counts = ring->counts();
  EXPECT_GT(counts.dropped, 0U);
  EXPECT_EQ(counts.packets + counts.dropped, kPackets);
  EXPECT_EQ(extract->packets, counts.packets);
}

TEST_F(HeaderRingTest, AFaultOfTheDiskIsCountedToldOnceAndOver) {
  std::atomic<int> lines = 0;
  options.log = [&](const std::string&) { lines += 1; };
  open();
  std::filesystem::remove_all(folder);
  add(1s, testing::rtp(1, 1, 1), client, server);
  (void)ring->extract(question());
  add(2s, testing::rtp(1, 1, 1), client, server);
  (void)ring->extract(question());
  EXPECT_EQ(ring->counts().failed, 2U);
  EXPECT_NE(ring->counts().last_error, "");
  EXPECT_EQ(lines, 1);
  std::filesystem::create_directories(folder);
  add(3s, testing::rtp(1, 1, 1), client, server);
  EXPECT_EQ(ring->extract(question())->packets, 1U);
  EXPECT_EQ(ring->counts().last_error, "");
}

TEST_F(HeaderRingTest, AHalfWrittenEndIsLeftOut) {
  open();
  add(1s, testing::rtp(1, 1, 1), client, server);
  add(2s, testing::rtp(1, 1, 1), client, server);
  ring.reset();
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".pcapng")
      std::filesystem::resize_file(entry.path(), entry.file_size() - 9);
  }
  open();
  EXPECT_EQ(ring->extract(question())->packets, 1U);
}

}  // namespace
}  // namespace rtcscope::ring
