// What a collector that is away does not take: on disk, in order, also for the next run.

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "collector.hpp"
#include "export/hep/hep_sender.hpp"
#include "tests/support/temp_folder.hpp"

namespace rtcscope::export_hep {
namespace {

constexpr std::size_t kMessageOctets = 12;

std::string numbered(int number) {
  const std::string digits = std::to_string(number);
  return "message " + std::string(4 - digits.size(), '0') + digits;
}

class HepSpoolTest : public ::testing::Test {
 protected:
  std::unique_ptr<HepSender> sender(const Collector& collector, std::uint64_t max_bytes = 1U << 20U) {
    SenderLimits limits;
    limits.queue_messages = 8;
    limits.first_wait = std::chrono::milliseconds{10};
    limits.longest_wait = std::chrono::milliseconds{40};
    limits.stop_within = std::chrono::milliseconds{100};
    return std::make_unique<HepSender>(
        collector.target(), limits, nullptr,
        std::make_unique<MessageSpool>(folder_.string(), collector.target(), max_bytes));
  }

  /// Sends message `number` when there is room in memory for it: what the disk takes is not lost to haste.
  static void send(HepSender& sender, int number) {
    ASSERT_TRUE(eventually([&] { return sender.stats().depth < 4; }));
    const std::string text = numbered(number);
    sender.send(std::as_bytes(std::span(text.data(), text.size())));
  }

  static void expect_in_order(const Descriptor& connection, int from, int to) {
    for (int i = from; i < to; ++i) {
      ASSERT_EQ(Collector::take(connection, kMessageOctets), numbered(i));
    }
  }

  const rtcscope::testing::TempFolder temp_;
  const std::filesystem::path folder_ = temp_.path() / "spool";
};

TEST_F(HepSpoolTest, MoreThanTheQueueHoldsWaitsForTheCollector) {
  Collector collector(HepTransport::kTcp);  // bound, but not listening: connections are refused
  const auto sender = this->sender(collector);
  for (int i = 0; i < 50; ++i) send(*sender, i);
  ASSERT_TRUE(eventually([&] { return sender->stats().spool.messages >= 46; }));
  EXPECT_EQ(sender->stats().spool.messages + sender->stats().depth, 50U);
  EXPECT_GT(sender->stats().spool.bytes, 0U);
  collector.listen();
  const Descriptor connection = collector.accept();
  expect_in_order(connection, 0, 50);
  ASSERT_TRUE(eventually([&] { return sender->stats().sent == 50; }));
  const HepTargetStats stats = sender->stats();
  EXPECT_EQ(stats.spool.messages, 0U);
  EXPECT_EQ(stats.spool.bytes, 0U);
  EXPECT_EQ(stats.dropped_queue_full + stats.dropped_spool_full + stats.dropped_unsent, 0U);
}

TEST_F(HepSpoolTest, TheNextRunSendsWhatTheLastOneCouldNot) {
  Collector collector(HepTransport::kTcp);
  {
    const auto sender = this->sender(collector);
    for (int i = 0; i < 10; ++i) send(*sender, i);
    sender->stop();
    const HepTargetStats stats = sender->stats();
    EXPECT_EQ(stats.spool.messages, 10U);
    EXPECT_EQ(stats.spooled, 10U);
    EXPECT_EQ(stats.dropped_unsent, 0U);
    EXPECT_EQ(stats.depth, 0U);
  }
  collector.listen();
  const auto sender = this->sender(collector);
  send(*sender, 10);
  const Descriptor connection = collector.accept();
  expect_in_order(connection, 0, 11);
}

TEST_F(HepSpoolTest, AFullDiskIsADropWithItsOwnReason) {
  Collector collector(HepTransport::kTcp);
  const auto sender = this->sender(collector, 200);
  std::uint64_t taken = 0;
  ASSERT_TRUE(eventually([&] {
    const std::string text = numbered(static_cast<int>(taken++ % 1000));
    sender->send(std::as_bytes(std::span(text.data(), text.size())));
    return sender->stats().dropped_spool_full > 0;
  }));
  // Refused connections go on meanwhile: neither reason hides the other.
  ASSERT_TRUE(eventually([&] { return sender->stats().failures > 2; }));
  EXPECT_EQ(sender->stats().last_error,
            "the spool folder " + folder_.string() + " holds as much as it may; connect: Connection refused");
  sender->stop();
  const HepTargetStats stats = sender->stats();
  EXPECT_EQ(stats.spool.messages + stats.dropped_queue_full + stats.dropped_spool_full + stats.dropped_unsent,
            taken);
  EXPECT_LE(stats.spool.bytes, 200U);
}

TEST_F(HepSpoolTest, OneThatWasCutOffGoesBeforeWhatIsOnDisk) {
  Collector collector(HepTransport::kTcp);
  collector.listen();
  const auto sender = this->sender(collector);
  Descriptor connection = collector.accept();
  send(*sender, 0);
  expect_in_order(connection, 0, 1);
  connection.reset();
  Descriptor again = collector.accept();
  for (int i = 1; i < 30; ++i) send(*sender, i);
  expect_in_order(again, 1, 30);
}

}  // namespace
}  // namespace rtcscope::export_hep
