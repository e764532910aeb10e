// What the tap itself loses is counted, and an interface that goes away is told.

#include "tests/integration/capture_live/live_test.hpp"

namespace rtcscope {
namespace {

class LiveLosses : public LiveTest {
 protected:
  /// The error that ends the source, or none.
  static std::optional<CaptureError> end_of(PacketSource& source) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (std::chrono::steady_clock::now() < give_up) {
      const auto batch = source.next_batch(std::chrono::milliseconds(100));
      if (!batch) return batch.error();
    }
    return std::nullopt;
  }
  /// Reads until the datagram of this number comes.
  static void read_until(PacketSource& source, std::uint32_t wanted) {
    read(source, [&](const PacketRecord& record) {
      const auto view = link::parse_frame(record.link_type, record.bytes, record.wire_length);
      return !view || number_of(*view) != wanted;
    });
  }
};

TEST_F(LiveLosses, RingThatNobodyReadsOverflowsAndIsCounted) {
  connect();
  const auto source = opened({.interfaces = {"rtc0"}, .ring_bytes = 1U << 20U, .filter = "udp port 50000"});
  const Sender client_sends(client(), kOurs);
  constexpr std::uint32_t kSent = 3000;  // of 1.4 kB each: four times the ring
  for (std::uint32_t i = 0; i < kSent; ++i) client_sends.send(i, 1400);
  EXPECT_GT(source->counters().at(0).kernel_drops, 0U);
}

// Nothing is lost without a count: what was handed on and what was dropped is what was sent.
TEST_F(LiveLosses, PacketsAndDropsAddUp) {
  connect();
  const auto source = opened({.interfaces = {"rtc0"}, .ring_bytes = 1U << 20U, .filter = "udp port 50000"});
  const Sender client_sends(client(), kOurs);
  constexpr std::uint32_t kSent = 3000;
  for (std::uint32_t i = 0; i < kSent; ++i) client_sends.send(i, 1400);
  // Make room, then send one more: behind it there is nothing left to come.
  for (bool empty = false; !empty;) {
    const auto batch = source->next_batch(std::chrono::milliseconds(500));
    ASSERT_TRUE(batch.has_value());
    empty = batch->empty();
  }
  client_sends.send(kSent);
  read_until(*source, kSent);
  const CaptureCounters counters = source->counters().at(0);
  EXPECT_EQ(counters.packets + counters.kernel_drops, kSent + 1);
  EXPECT_GT(counters.kernel_drops, 0U);
}

TEST_F(LiveLosses, DropsDoNotFallWhenReadAgain) {
  connect();
  const auto source = opened({.interfaces = {"rtc0"}, .ring_bytes = 1U << 20U, .filter = "udp port 50000"});
  const Sender client_sends(client(), kOurs);
  for (std::uint32_t i = 0; i < 3000; ++i) client_sends.send(i, 1400);
  const std::uint64_t first = source->counters().at(0).kernel_drops;
  EXPECT_GT(first, 0U);
  EXPECT_EQ(source->counters().at(0).kernel_drops, first);
}

TEST_F(LiveLosses, InterfaceThatIsRemovedIsTold) {
  connect();
  const auto source = opened({.interfaces = {"rtc0"}});
  host().ip("link delete rtc0");
  const auto error = end_of(*source);
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->code, CaptureErrc::kInterfaceGone);
  EXPECT_NE(error->message.find("rtc0"), std::string::npos) << error->message;
  EXPECT_TRUE(source->finished());
}

TEST_F(LiveLosses, PacketsBeforeTheRemovalStillCome) {
  connect();
  const auto source = opened({.interfaces = {"rtc0"}});
  const Sender client_sends(client(), kOurs);
  client_sends.send(7);
  host().ip("link delete rtc0");
  read_until(*source, 7);
  EXPECT_EQ(end_of(*source)->code, CaptureErrc::kInterfaceGone);
}

TEST_F(LiveLosses, OtherInterfaceGoesOn) {
  connect();
  host().ip("link add two0 type veth peer name two1 netns " + client().path());
  host().ip("link set two0 up");
  const auto source = opened({.interfaces = {"rtc0", "two0"}});
  host().ip("link delete two0");
  const Sender client_sends(client(), kOurs);
  client_sends.send(7);
  read_until(*source, 7);
  EXPECT_FALSE(source->finished());
}

TEST_F(LiveLosses, InterfaceThatWentDownGoesOnWhenItIsUpAgain) {
  connect();
  const auto source = opened({.interfaces = {"rtc0"}});
  host().ip("link set rtc0 down");
  const auto batch = source->next_batch(std::chrono::milliseconds(100));
  ASSERT_TRUE(batch.has_value()) << batch.error().message;
  host().ip("link set rtc0 up");
  const Sender client_sends(client(), kOurs);
  client_sends.send(7);
  read_until(*source, 7);
}

}  // namespace
}  // namespace rtcscope
